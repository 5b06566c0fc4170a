/** Training to a target, and whether it has been reached. Knows an engine only by what it has prepared. */
import type { AccuracyCase, LearningData } from './cases/case.ts';
import type { PreparedTraining } from './engine.ts';

/**
 * Steps through the batches until the target is met, reading the loss of each, as a page that draws it does.
 *
 * @returns the share of unseen examples that is right; below the target where `most` steps were not enough
 */
export async function learn(
  { target, every, most }: Pick<AccuracyCase, 'target' | 'every' | 'most'>,
  { batches, x, xShape, labels }: LearningData,
  training: PreparedTraining,
): Promise<number> {
  let share = 0;
  for (let step = 1; step <= most && share < target; step++) {
    const batch = batches[(step - 1) % batches.length];
    if (batch) training.feed(batch);
    await training.run(1);
    if (step % every === 0) share = shareRight(await training.predict(x, xShape), labels);
  }
  return share;
}

/** @param logits [rows, classes] */
export function shareRight(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  let right = 0;
  labels.forEach((label, row) => {
    const values = logits.subarray(row * classes, (row + 1) * classes);
    if (values[label] === Math.max(...values)) right++;
  });
  return right / labels.length;
}
