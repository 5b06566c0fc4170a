/**
 * Dividing examples into a part to train on and a part to test on.
 */
import { checkSeed, Random } from './random.ts';

export interface SplitOptions {
  /** Share of the examples to test on, between 0 and 1. Default 0.25. */
  testSize?: number;
  /** Default 0. */
  seed?: number;
  /** The class of each example; both parts then have the classes in equal shares, as nearly as may be. */
  stratify?: ArrayLike<number>;
}

/**
 * Indices of both parts, each ascending; for `Subset` and for arrays. A class with a single example goes to the
 * training part, if others can make up for it.
 *
 * @example const { train, test } = data.trainTestSplit(labels.length, { testSize: 0.2, stratify: labels });
 * @throws Error where a part would be empty, or `stratify` has another length.
 */
export function trainTestSplit(count: number, options: SplitOptions = {}): { train: Int32Array; test: Int32Array } {
  const { testSize = 0.25, seed = 0, stratify } = options;
  checkSeed('trainTestSplit', seed);
  const wanted = Math.round(count * testSize);
  if (!(testSize > 0 && testSize < 1) || wanted < 1 || wanted >= count)
    throw new Error(
      `trainTestSplit: testSize ${testSize} of ${count} examples is ${wanted}. Both parts need at least one; use a share between 0 and 1.`,
    );
  if (stratify && stratify.length !== count)
    throw new Error(
      `trainTestSplit: stratify has ${stratify.length} classes for ${count} examples. Give one an example.`,
    );
  const groups = new Map<number, number[]>();
  for (const index of new Random(seed).permutation(count)) {
    const key = stratify?.[index] ?? 0;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  const lists = [...groups].sort(([a], [b]) => a - b).map(([, list]) => list);
  const takes = shares(
    lists.map(({ length }) => length),
    wanted / count,
    wanted,
  );
  const test = lists.flatMap((list, index) => list.slice(0, takes[index]));
  const train = lists.flatMap((list, index) => list.slice(takes[index]));
  return { train: Int32Array.from(train).sort(), test: Int32Array.from(test).sort() };
}

/** How many of each group, the largest remainders first, so that the sum is `wanted`; never all of a group if more are had. */
function shares(sizes: readonly number[], share: number, wanted: number): number[] {
  const takes = sizes.map((size) => Math.floor(size * share));
  const order = sizes
    .map((_, index) => index)
    .sort((a, b) => remainder(sizes, takes, share, b) - remainder(sizes, takes, share, a));
  let left = wanted - takes.reduce((a, b) => a + b, 0);
  for (const spare of [1, 0])
    for (const index of order) {
      if (left === 0) return takes;
      if (takes[index]! + spare >= sizes[index]!) continue;
      takes[index]!++;
      left--;
    }
  return takes;
}

function remainder(sizes: readonly number[], takes: readonly number[], share: number, index: number): number {
  return sizes[index]! * share - takes[index]!;
}
