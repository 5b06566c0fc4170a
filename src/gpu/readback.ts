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

export class Readback {
  private readonly gpu: Gpu;
  private requests: Request[] = [];
  private readonly idle: GpuBuffer[] = [];

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
    try {
      await staging.handle.mapAsync(GPUMapMode.READ, 0, total);
      await this.gpu.settle();
      const mapped = staging.handle.getMappedRange(0, total);
      let at = 0;
      for (const { bytes, resolve } of requests) {
        resolve(mapped.slice(at, at + bytes));
        at += bytes;
      }
      staging.handle.unmap();
      this.idle.push(staging);
    } catch (error) {
      this.gpu.destroyBuffer(staging);
      for (const request of requests) request.reject(this.gpu.lost === null ? (error as Error) : lostError(this.gpu));
    }
  }

  private take(bytes: number): GpuBuffer {
    const found = this.idle.findIndex((buffer) => buffer.size >= bytes);
    if (found >= 0) return this.idle.splice(found, 1)[0]!;
    if (this.idle.length >= 4) this.gpu.destroyBuffer(this.idle.shift()!);
    const size = Math.max(4096, 2 ** Math.ceil(Math.log2(bytes)));
    return this.gpu.createBuffer('readback staging', size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
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
