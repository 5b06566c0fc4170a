/**
 * GPU time by timestamp queries, where the device has them.
 *
 * Chrome rounds timestamps to 65-100 us, so a single short pass means little: time many steps together.
 */
import type { Gpu, GpuBuffer } from './gpu.ts';

/** Passes that one timer can hold; later ones are not timed. */
const PASSES = 1024;

export class PassTimer {
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

  /** What to add to the descriptor of the next pass. */
  next(): { timestampWrites?: GPUComputePassTimestampWrites } {
    if (this.passes === PASSES) return {};
    const first = 2 * this.passes++;
    return {
      timestampWrites: { querySet: this.queries, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 },
    };
  }

  /** Milliseconds in all passes so far. The timer is used up. */
  async finish(): Promise<number> {
    const { gpu, passes } = this;
    let total = 0;
    if (passes > 0) {
      const encoder = gpu.device.createCommandEncoder({ label: 'pass timer' });
      encoder.resolveQuerySet(this.queries, 0, 2 * passes, this.resolved.handle, 0);
      gpu.submit(encoder.finish());
      const stamps = new BigUint64Array(await gpu.readback.snapshot(this.resolved, 0, 16 * passes));
      for (let pass = 0; pass < passes; pass++) total += Number(stamps[2 * pass + 1]! - stamps[2 * pass]!);
    }
    this.queries.destroy();
    gpu.destroyBuffer(this.resolved);
    return total / 1e6;
  }
}
