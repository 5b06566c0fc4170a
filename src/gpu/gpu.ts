/**
 * The device and what is counted on it.
 *
 * One `Gpu` stands for one WebGPU device: every buffer of the engine is made and counted here, every error of the
 * device arrives here with the label of what caused it. It knows no tensor and no op.
 */
import type { AdapterSummary } from './adapter.ts';
import { hastening } from './hasten.ts';
import { PipelineCache } from './pipelines.ts';
import { Readback } from './readback.ts';
import type { Probe } from './timer.ts';

/** A GPU buffer with the identity that bind-group caches key on. */
export interface GpuBuffer {
  readonly id: number;
  readonly gpu: Gpu;
  readonly handle: GPUBuffer;
  /** Bytes, a multiple of 16, so that arrays of vectors reach the last element. */
  readonly size: number;
  readonly label: string;
  destroyed: boolean;
}

export interface Counters {
  /** Compute dispatches recorded since `init`. */
  dispatches: number;
  /** Calls of `queue.submit` since `init`. */
  submits: number;
  /** Distinct plans made since `init`. */
  plans: number;
  /** Distinct pipelines compiled since `init`. */
  pipelines: number;
}

export class Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterSummary;
  readonly limits: GPUSupportedLimits;
  readonly counters: Counters = { dispatches: 0, submits: 0, plans: 0, pipelines: 0 };
  readonly memory: { buffers: number; bytes: number } = { buffers: 0, bytes: 0 };
  readonly pipelines: PipelineCache;
  readonly readback: Readback;
  /** Gives an answer of the device as it is, and has it come soon. */
  readonly hasten: <T>(answer: Promise<T>) => Promise<T>;
  /** Watches what is recorded while it is set. */
  probe: Probe | null = null;
  /** Why the device is gone, or null while it works. */
  lost: string | null = null;
  private failure: Error | null = null;
  private nextBufferId = 1;
  private marks: Promise<undefined>[] = [];
  private readonly watched = new Set<Promise<void>>();

  constructor(device: GPUDevice, adapter: AdapterSummary) {
    this.device = device;
    this.adapter = adapter;
    this.limits = device.limits;
    this.hasten = hastening(device);
    this.pipelines = new PipelineCache(this);
    this.readback = new Readback(this);
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.fail(new Error(`WebGPU: ${event.error.message}`));
    });
    void device.lost.then((info) => {
      this.lost = info.message || info.reason;
    });
  }

  /** Remembers the first error of the device; the next read reports it. */
  fail(error: Error): void {
    this.failure ??= error;
  }

  /** Throws what the device reported since the last call, or that it is lost. */
  check(): void {
    if (this.lost !== null) throw new Error(lostMessage(this.lost));
    const failure = this.failure;
    this.failure = null;
    if (failure) throw failure;
  }

  /** Does something whose errors the next read waits for and reports. */
  watch<T>(filter: GPUErrorFilter, explain: (message: string) => string, work: () => T): T {
    this.device.pushErrorScope(filter);
    try {
      return work();
    } finally {
      const answer = this.device.popErrorScope().then(
        (error) => {
          this.watched.delete(answer);
          if (error) this.fail(new Error(explain(error.message)));
        },
        () => undefined,
      );
      this.watched.add(answer);
    }
  }

  /** Resolves when the device has answered for all that is watched; throws what it said. */
  async settle(): Promise<void> {
    await Promise.all(this.watched);
    this.check();
  }

  createBuffer(label: string, bytes: number, usage: GPUBufferUsageFlags): GpuBuffer {
    if (this.lost !== null) throw new Error(lostMessage(this.lost));
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.limits.maxBufferSize || size > this.limits.maxStorageBufferBindingSize)
      throw new Error(
        `${label}: needs a buffer of ${size} bytes, and this device allows ${Math.min(this.limits.maxBufferSize, this.limits.maxStorageBufferBindingSize)}. ` +
          'Use a smaller batch or a smaller model.',
      );
    const handle = this.watch(
      'out-of-memory',
      () =>
        `${label}: out of GPU memory for ${size} bytes, with ${this.memory.bytes} bytes in ${this.memory.buffers} buffers held. ` +
        'Use a smaller batch or a smaller model, or close other tabs.',
      () => this.device.createBuffer({ label, size, usage }),
    );
    this.memory.buffers++;
    this.memory.bytes += size;
    return { id: this.nextBufferId++, gpu: this, handle, size, label, destroyed: false };
  }

  destroyBuffer(buffer: GpuBuffer): void {
    if (buffer.destroyed) return;
    buffer.destroyed = true;
    buffer.handle.destroy();
    this.memory.buffers--;
    this.memory.bytes -= buffer.size;
  }

  submit(commands: GPUCommandBuffer): void {
    this.device.queue.submit([commands]);
    this.counters.submits++;
  }

  /** Resolves when the GPU has done all that was submitted. */
  async idle(): Promise<void> {
    await this.hasten(this.device.queue.onSubmittedWorkDone());
    await this.settle();
  }

  /** Resolves once at most `depth` earlier calls of `throttle` still have GPU work before them. */
  async throttle(depth = 2): Promise<void> {
    this.marks.push(this.device.queue.onSubmittedWorkDone());
    while (this.marks.length > depth) await this.hasten(this.marks.shift()!);
  }
}

export function lostMessage(reason: string): string {
  return (
    `WebGPU: the device was lost (${reason}), and every tensor on it with it. ` +
    'Call init({ restart: true }) and rebuild the model from a state dict kept on the host.'
  );
}
