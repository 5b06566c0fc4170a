/**
 * Reading GPU memory back without stalling.
 *
 * `mapAsync` has a latency of milliseconds whatever the size, so all reads asked for within one microtask share one
 * staging buffer and one map. Staging buffers are kept and reused.
 */
import type { Gpu, GpuBuffer } from './gpu.ts';

interface Request {
  readonly buffer: GpuBuffer;
  readonly offset: number;
  readonly bytes: number;
  readonly resolve: (data: ArrayBuffer) => void;
  readonly reject: (error: Error) => void;
}

/** Staging buffers kept for reuse, beside the reserved one. */
const IDLE_KEPT = 4;

export class Readback {
  private readonly gpu: Gpu;
  private requests: Request[] = [];
  private readonly idle: GpuBuffer[] = [];
  private reserved: GpuBuffer | null = null;

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /** A copy of `bytes` bytes at `offset`, as they are after everything submitted so far. */
  read(buffer: GpuBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    if (bytes === 0) return Promise.resolve(new ArrayBuffer(0));
    return new Promise((resolve, reject) => {
      if (this.requests.length === 0) queueMicrotask(() => this.flushRequests());
      this.requests.push({ buffer, offset, bytes, resolve, reject });
    });
  }

  /**
   * Copies at this very point of the queue's order; the promise resolves with the bytes as they are now, whatever
   * overwrites the source afterwards.
   */
  snapshot(buffer: GpuBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    return new Promise((resolve, reject) => this.transfer([{ buffer, offset, bytes, resolve, reject }]));
  }

  /** Sends off the reads asked for so far, before work that may overwrite what they read. */
  flushRequests(): void {
    const requests = this.requests;
    if (requests.length === 0) return;
    this.requests = [];
    this.transfer(requests);
  }

  private transfer(requests: Request[]): void {
    const { gpu } = this;
    const total = requests.reduce((sum, request) => sum + request.bytes, 0);
    try {
      gpu.check();
      const staging = this.take(total);
      const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
      let at = 0;
      for (const { buffer, offset, bytes } of requests) {
        encoder.copyBufferToBuffer(buffer.handle, offset, staging.handle, at, bytes);
        at += bytes;
      }
      gpu.submit(encoder.finish());
      void this.deliver(staging, total, requests);
    } catch (error) {
      for (const request of requests) request.reject(error as Error);
    }
  }

  private async deliver(staging: GpuBuffer, total: number, requests: Request[]): Promise<void> {
    const done = this.gpu.probe?.span?.('read');
    try {
      await this.gpu.hasten(staging.handle.mapAsync(GPUMapMode.READ, 0, total));
      await this.gpu.settle();
      const mapped = staging.handle.getMappedRange(0, total);
      let at = 0;
      for (const { bytes, resolve } of requests) {
        resolve(mapped.slice(at, at + bytes));
        at += bytes;
      }
      staging.handle.unmap();
      done?.();
      this.idle.push(staging);
    } catch (error) {
      this.gpu.destroyBuffer(staging);
      for (const request of requests) request.reject(this.gpu.lost === null ? (error as Error) : lostError(this.gpu));
    }
  }

  /** Makes a staging buffer ahead of time, so that a read of this size asks for no memory while steps run. */
  reserve(bytes: number): void {
    this.reserved = this.create(bytes);
    this.idle.push(this.reserved);
  }

  /** The smallest staging buffer that fits. */
  private take(bytes: number): GpuBuffer {
    const fits = this.idle.filter(({ size }) => size >= bytes).toSorted((a, b) => a.size - b.size)[0];
    if (fits) return this.idle.splice(this.idle.indexOf(fits), 1)[0]!;
    const others = this.idle.filter((buffer) => buffer !== this.reserved);
    if (others.length >= IDLE_KEPT) {
      this.gpu.destroyBuffer(others[0]!);
      this.idle.splice(this.idle.indexOf(others[0]!), 1);
    }
    return this.create(Math.max(4096, 2 ** Math.ceil(Math.log2(bytes))));
  }

  private create(bytes: number): GpuBuffer {
    return this.gpu.createBuffer('readback staging', bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }
}

function lostError(gpu: Gpu): Error {
  try {
    gpu.check();
  } catch (error) {
    return error as Error;
  }
  return new Error('WebGPU: the read was cancelled.');
}
