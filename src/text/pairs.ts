/**
 * Pairs of lists of ids as one array: one under the other, or joined as BERT reads them. Plain arrays for `TensorDataset`
 * and `DataLoader`; padding is 0 unless said otherwise.
 */
import { checkLength, pad, type IdField, type Ids, type PadOptions } from './padding.ts';

/** [n, 2, length]: both lists of each pair, one under the other. */
export function padPairs(first: readonly Ids[], second: readonly Ids[], options: PadOptions = {}): IdField {
  if (first.length !== second.length)
    throw new Error(
      `padPairs: ${first.length} first lists and ${second.length} second ones. They must be equally many.`,
    );
  const { data, shape } = pad(
    first.flatMap((list, row) => [list, second[row]!]),
    options,
  );
  return { data, shape: [first.length, 2, shape[1]!] };
}

/** Ids, and 0 or 1 by the sentence that each belongs to; both as long as was asked for. */
export interface JoinedPair {
  readonly ids: Int32Array;
  readonly types: Int32Array;
}

export interface JoinOptions {
  length: number;
  /** Of `[CLS]`. */
  start: number;
  /** Of `[SEP]`. */
  separator: number;
  padding?: number;
}

/** `[CLS] first [SEP] second [SEP]`; where that is too long, the longer list loses its end, token by token. */
export function joinPair(first: Ids, second: Ids, { length, start, separator, padding = 0 }: JoinOptions): JoinedPair {
  checkLength('joinPair', length, 5);
  let [a, b] = [first.length, second.length];
  while (a + b + 3 > length) {
    if (a > b) a--;
    else b--;
  }
  const ids = new Int32Array(length).fill(padding);
  ids.set([start, ...Array.from(first).slice(0, a), separator, ...Array.from(second).slice(0, b), separator]);
  return { ids, types: new Int32Array(length).fill(1, a + 2, a + b + 3) };
}

/** [n, 2, length]: ids of joined pairs, and below them their types. */
export function joinPairs(first: readonly Ids[], second: readonly Ids[], options: JoinOptions): IdField {
  if (first.length !== second.length || first.length === 0)
    throw new Error(
      `joinPairs: ${first.length} first lists and ${second.length} second ones. They must be equally many, and some.`,
    );
  const { length } = options;
  const data = new Int32Array(first.length * 2 * length);
  first.forEach((list, row) => {
    const { ids, types } = joinPair(list, second[row]!, options);
    data.set(ids, 2 * row * length);
    data.set(types, (2 * row + 1) * length);
  });
  return { data, shape: [first.length, 2, length] };
}
