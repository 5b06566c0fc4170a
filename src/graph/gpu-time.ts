/**
 * gpuTime: how long the GPU works on a step.
 */
import { PassTimer } from '../gpu/timer.ts';
import { engine } from './engine.ts';
import { flush } from './flush.ts';
import { synchronize } from './read.ts';

/**
 * Milliseconds of GPU time of all that `fn` submits, without waiting and readback; null where the device has no
 * timestamps. Chrome rounds to 0.1 ms: let `fn` run many steps.
 */
export async function gpuTime(fn: () => void): Promise<number | null> {
  const { gpu, queue } = engine();
  await synchronize();
  const timer = PassTimer.create(gpu);
  if (!timer) return null;
  gpu.probe = timer;
  try {
    fn();
    flush();
    await queue.drained();
  } finally {
    gpu.probe = null;
  }
  const passes = await timer.finish();
  return passes.reduce((total, { start, end }) => total + end - start, 0);
}
