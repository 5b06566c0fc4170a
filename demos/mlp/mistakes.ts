/** What the answers on the test digits come to: counts, the digits of one cell, the mistakes. Pure numbers. */
import { CLASSES, type Answers } from './digits-probe.ts';

export interface Cell {
  readonly actual: number;
  readonly answer: number;
}

/** counts[actual * CLASSES + answered] */
export function confusion(labels: Int32Array, { classes }: Answers): Int32Array {
  const counts = new Int32Array(CLASSES * CLASSES);
  labels.forEach((label, i) => {
    const cell = label * CLASSES + (classes[i] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  return counts;
}

/** The most frequent confusion; that of 4 with 9, of which a reader will think first, while there is none. */
export function worstCell(counts: Int32Array): Cell {
  let worst = 4 * CLASSES + 9;
  counts.forEach((count, cell) => {
    if (cell % (CLASSES + 1) !== 0 && count > (counts[worst] ?? 0)) worst = cell;
  });
  return { actual: Math.floor(worst / CLASSES), answer: worst % CLASSES };
}

/** The digits of a cell, those first of whose answer the network is surest. */
export function digitsOf({ actual, answer }: Cell, labels: Int32Array, answers: Answers): number[] {
  const chance = (i: number): number => answers.chances[i * CLASSES + answer] ?? 0;
  return [...labels.keys()]
    .filter((i) => labels[i] === actual && answers.classes[i] === answer)
    .sort((a, b) => chance(b) - chance(a));
}

/** All digits that were answered wrong, those first whose right answer the network thinks least likely. */
export function mistakes(labels: Int32Array, answers: Answers): number[] {
  const chance = (i: number): number => answers.chances[i * CLASSES + (labels[i] ?? 0)] ?? 0;
  return [...labels.keys()].filter((i) => labels[i] !== answers.classes[i]).sort((a, b) => chance(a) - chance(b));
}
