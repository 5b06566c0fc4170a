/** One of the benchmark's training steps, by rule or tuned, as plain data. */
import { findCase } from '../../demos/bench/cases/index.ts';
import type { TrainingCase } from '../../demos/bench/cases/case.ts';
import wgrad from '../../demos/bench/engines/wgrad/engine.ts';
import type { PreparedTraining } from '../../demos/bench/engine.ts';
import { init, tune, tuningTable } from '../../src/index.ts';

let training: PreparedTraining | null = null;

/** Prepares a step; how many classes of kernels were measured, and in how many the rule's was not the fastest. */
export async function prepare(name: string, tuned: boolean): Promise<{ measured: number; changed: number }> {
  await init({ restart: true, tuning: tuned ? { table: null } : false });
  const work = findCase(name) as TrainingCase;
  training = await wgrad.prepareTraining(work, work.data());
  await training.run(2);
  if (tuned) await tune();
  await training.run(1);
  await training.ready?.();
  await training.run(70);
  const entries = Object.values(tuningTable().entries);
  return { measured: entries.length, changed: entries.filter(({ fastest, rule }) => fastest !== rule).length };
}

/** Milliseconds of a step, of so many in a row. */
export async function sample(steps: number): Promise<number> {
  const begun = performance.now();
  await training!.run(steps);
  return (performance.now() - begun) / steps;
}
