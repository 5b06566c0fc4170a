/**
 * GPU time by timestamp queries, where the device has them.
 *
 * Chrome rounds timestamps to 65-100 us, so a single short pass means little: time many steps together.
 */
import type { Gpu, GpuBuffer } from './gpu.ts';

/** What a plan does with a compute pass. */
export type Pass = Pick<GPUComputePassEncoder, 'setPipeline' | 'setBindGroup' | 'dispatchWorkgroups' | 'end'>;

/** Watches the engine at work, for as long as it is set. */
export interface Probe {
  /** Begins the pass that a plan records its dispatches in. */
  pass(encoder: GPUCommandEncoder, label: string): Pass;
  /** Begins a span of host time, and returns what ends it. */
  span?(name: string): () => void;
}

/** When the GPU began and ended a pass, in milliseconds of its own clock. */
export interface PassTime {
  readonly start: number;
  readonly end: number;
}

/** Passes that one timer can hold; later ones are not timed. */
const PASSES = 2048;

export class PassTimer implements Probe {
  private readonly gpu: Gpu;
  private readonly queries: GPUQuerySet;
  private readonly resolved: GpuBuffer;
  private passes = 0;

  private constructor(gpu: Gpu) {
    this.gpu = gpu;
    this.queries = gpu.device.createQuerySet({ label: 'pass timer', type: 'timestamp', count: 2 * PASSES });
    const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
    this.resolved = gpu.createBuffer('pass timer', 16 * PASSES, usage);
  }

  /** Null where the device has no timestamps. */
  static create(gpu: Gpu): PassTimer | null {
    return gpu.device.features.has('timestamp-query') ? new PassTimer(gpu) : null;
  }

  pass(encoder: GPUCommandEncoder, label: string): GPUComputePassEncoder {
    if (this.passes === PASSES) return encoder.beginComputePass({ label });
    const first = 2 * this.passes++;
    return encoder.beginComputePass({
      label,
      timestampWrites: { querySet: this.queries, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 },
    });
  }

  /** Once nobody asks any more. */
  destroy(): void {
    this.queries.destroy();
    this.gpu.destroyBuffer(this.resolved);
  }

  /** The passes so far, in order. */
  async finish(): Promise<PassTime[]> {
    const { gpu, passes } = this;
    let stamps = new BigUint64Array();
    if (passes > 0) {
      const encoder = gpu.device.createCommandEncoder({ label: 'pass timer' });
      encoder.resolveQuerySet(this.queries, 0, 2 * passes, this.resolved.handle, 0);
      gpu.submit(encoder.finish());
      stamps = new BigUint64Array(await gpu.readback.snapshot(this.resolved, 0, 16 * passes));
    }
    // Counted from the first, so that nanoseconds since long ago fit a number.
    const at = (index: number): number => Number(stamps[index]! - stamps[0]!) / 1e6;
    return Array.from({ length: passes }, (_, pass) => ({ start: at(2 * pass), end: at(2 * pass + 1) }));
  }
}
