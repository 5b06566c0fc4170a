/**
 * ready: waits for kernels to compile, and says how far they are.
 */
import type { Pipeline } from '../gpu/pipelines.ts';
import { engine } from './engine.ts';
import { flush } from './flush.ts';

export interface CompileProgress {
  /** Kernels that are compiled, of those that were still to be when it was asked. */
  readonly done: number;
  readonly total: number;
  /** Ops of the kernel that was compiled last, such as `conv2d+relu`; empty at first. */
  readonly what: string;
}

export interface ReadyOptions {
  /**
   * Wait for the fast kernels too, and use them from the next run on. Otherwise those that compile quickly run at first,
   * while the fast ones compile.
   */
  fast?: boolean;
  onProgress?: (progress: CompileProgress) => void;
}

/**
 * Resolves once the kernels of all that was computed so far are compiled: after the first step, before a clock starts or
 * behind a progress bar.
 *
 * @throws Error where a kernel does not compile or the device is lost
 */
export async function ready({ fast = false, onProgress }: ReadyOptions = {}): Promise<void> {
  flush();
  const { plans, gpu } = engine();
  const pipelines = new Set<Pipeline>();
  for (const plan of plans.plans()) {
    if (fast) plan.endEarly();
    for (const pipeline of plan.compiling()) pipelines.add(pipeline);
  }
  const total = pipelines.size;
  let done = 0;
  onProgress?.({ done, total, what: '' });
  await Promise.all(
    [...pipelines].map(async (pipeline) => {
      await pipeline.ready;
      onProgress?.({ done: ++done, total, what: pipeline.label });
    }),
  );
  gpu.check();
}
