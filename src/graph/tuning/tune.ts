/**
 * tune: measures at once what the tuner would measure by and by, and lets the plans go by it.
 */
import { engine } from '../engine.ts';
import { synchronize } from '../read.ts';
import { ready } from '../ready.ts';
import type { TuningTable } from './table.ts';

export interface TuneProgress {
  /** What is being measured, such as `matmul 512x512 512x512 ...`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Measures the kernels of all that has been computed since `init` and was not measured yet on this adapter, some seconds
 * for a model, and uses the fastest from now on: run a few steps first. What is measured is remembered for later visits.
 * Results that lie in the memory of a plan can no longer be read; parameters and whatever was retained stay.
 *
 * @param options.signal ends it early; what was measured by then counts
 * @returns all that is known of this adapter
 * @throws Error where the device is lost
 */
export async function tune(
  options: { onProgress?: (progress: TuneProgress) => void; signal?: AbortSignal } = {},
): Promise<TuningTable> {
  const { onProgress, signal } = options;
  await synchronize();
  // What compiles meanwhile would be timed with the kernels.
  await ready({ fast: true });
  const { tuner, plans, gpu } = engine();
  const keys = tuner.unknown();
  let outdated = false;
  try {
    for (const [done, what] of keys.entries()) {
      if (signal?.aborted) break;
      onProgress?.({ what, done, total: keys.length });
      const entry = await tuner.measure(what, { off: () => signal?.aborted ?? false });
      gpu.check();
      if (entry && tuner.choices.learn(what, entry)) outdated = true;
    }
    // What idle hours found counts now too.
    for (const [key, entry] of Object.entries(tuner.table.entries))
      if (tuner.choices.met.has(key) && entry.fingerprint === tuner.choices.fingerprintOf(key))
        outdated = tuner.choices.learn(key, entry) || outdated;
  } finally {
    if (outdated) plans.clear();
  }
  return tuner.table;
}

/** All that has been measured on this adapter, to be shown, kept as JSON, or given to `init` elsewhere. */
export function tuningTable(): TuningTable {
  return engine().tuner.table;
}
