/** The test digits that are answered wrong. Pure numbers. */
import type { Answers } from '../shared/confusion.ts';
import { CLASSES } from './digits-probe.ts';

/** All digits that were answered wrong, those first whose right answer the network thinks least likely. */
export function mistakes(labels: Int32Array, answers: Answers): number[] {
  const chance = (i: number): number => answers.chances[i * CLASSES + (labels[i] ?? 0)] ?? 0;
  return [...labels.keys()].filter((i) => labels[i] !== answers.classes[i]).sort((a, b) => chance(a) - chance(b));
}
