/**
 * gpuTime: how long the GPU works on a step; and how any probe is set on one.
 */
import { PassTimer, type Probe } from '../gpu/timer.ts';
import { engine } from './engine.ts';
import { flush } from './flush.ts';
import { synchronize } from './read.ts';

/** Runs `fn` under a probe, until the GPU has done all that it submits. */
export async function watched(probe: Probe, fn: () => unknown): Promise<void> {
  const { gpu, queue } = engine();
  gpu.probe = probe;
  try {
    await fn();
    flush();
    await queue.drained();
  } finally {
    gpu.probe = null;
  }
}

/**
 * Milliseconds of GPU time of all that `fn` submits, without waiting and readback; null where the device has no
 * timestamps. Chrome rounds to 0.1 ms: let `fn` run many steps.
 */
export async function gpuTime(fn: () => void): Promise<number | null> {
  await synchronize();
  const timer = PassTimer.create(engine().gpu);
  if (!timer) return null;
  try {
    await watched(timer, fn);
    const passes = await timer.finish();
    return passes.reduce((total, { start, end }) => total + end - start, 0);
  } finally {
    timer.destroy();
  }
}
