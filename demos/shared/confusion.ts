/** Answers on labelled examples as counts of each class with each answer, and as the members of one such cell. */

export interface Answers {
  /** [size, classes], each row sums to 1. */
  readonly chances: Float32Array;
  /** The likeliest class of each. */
  readonly classes: Int32Array;
}

export interface Cell {
  readonly actual: number;
  readonly answer: number;
}

/** @param width how many classes there are */
export function answersOf(chances: Float32Array, width: number): Answers {
  const classes = new Int32Array(chances.length / width);
  for (let i = 0; i < classes.length; i++) {
    const row = chances.subarray(i * width, (i + 1) * width);
    classes[i] = row.indexOf(Math.max(...row));
  }
  return { chances, classes };
}

/** counts[actual * width + answered] */
export function confusion(labels: Int32Array, { classes }: Answers, width: number): Int32Array {
  const counts = new Int32Array(width * width);
  labels.forEach((label, i) => {
    const cell = label * width + (classes[i] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  return counts;
}

/** The most frequent confusion; `otherwise` where there is none. */
export function worstCell(counts: Int32Array, width: number, otherwise: Cell): Cell {
  let worst = otherwise.actual * width + otherwise.answer;
  counts.forEach((count, cell) => {
    if (cell % (width + 1) !== 0 && count > (counts[worst] ?? 0)) worst = cell;
  });
  return { actual: Math.floor(worst / width), answer: worst % width };
}

/** The examples of a cell, those first of whose answer the network is surest. */
export function membersOf({ actual, answer }: Cell, labels: Int32Array, answers: Answers): number[] {
  const width = answers.chances.length / answers.classes.length;
  const chance = (i: number): number => answers.chances[i * width + answer] ?? 0;
  return [...labels.keys()]
    .filter((i) => labels[i] === actual && answers.classes[i] === answer)
    .sort((a, b) => chance(b) - chance(a));
}

/** Whole percents, and no 100 % for what is not certain. */
export function percent(chance: number): string {
  if (chance >= 0.995 && chance < 1) return '>99 %';
  if (chance > 0 && chance < 0.005) return '<1 %';
  return `${Math.round(100 * chance)} %`;
}
