/**
 * Sentinels: known words around every planned value, for tests that look for stray writes.
 *
 * With `init({ debug: { sentinels: true } })` values share no memory, and slabs are filled with the word when they are
 * made, so that an element that a kernel forgets reads as this word too.
 */
import { engine } from './engine.ts';
import { SENTINEL } from './plan/guard.ts';
import { synchronize } from './read.ts';

/** A line for each place where a dispatch wrote outside what it was given. */
export async function checkSentinels(): Promise<string[]> {
  const state = engine();
  await synchronize();
  const found: string[] = [];
  for (const plan of state.plans.plans())
    for (const { slab, from, to } of plan.memory.guards) {
      const words = new Uint32Array(await state.gpu.readback.read(plan.slabs[slab]!, from, to - from));
      const at = words.findIndex((word) => word !== SENTINEL);
      if (at >= 0)
        found.push(
          `${plan.label} (${plan.dispatches.join(', ')}): slab ${slab}, byte ${from + 4 * at} was overwritten with 0x${words[at]!.toString(16)}`,
        );
    }
  return found;
}
