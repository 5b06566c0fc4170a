/**
 * Lists of ids of many lengths as one array: plain ones for `TensorDataset` and `DataLoader`.
 */
import type { HostField } from '../data/collate.ts';

export type Ids = ArrayLike<number>;
export type IdField = HostField & { readonly data: Int32Array };

export interface PadOptions {
  /** Longer lists lose their end. Default: the longest list. */
  length?: number;
  /** Default 0. */
  padding?: number;
}

/** @throws Error for a length that is no whole number from 1. */
export function checkLength(name: string, length: number, least = 1): void {
  if (!Number.isInteger(length) || length < least)
    throw new Error(`${name}: length must be a whole number from ${least}, got ${length}.`);
}

/**
 * [n, length]: each list with padding behind it.
 *
 * @throws Error without lists, or for an empty one: nothing could be said of it.
 */
export function pad(lists: readonly Ids[], options: PadOptions = {}): IdField {
  const { length = lists.reduce((most, list) => Math.max(most, list.length), 0), padding = 0 } = options;
  const empty = lists.findIndex((list) => list.length === 0);
  if (lists.length === 0 || empty >= 0)
    throw new Error(
      `pad: ${lists.length === 0 ? 'there are no lists' : `list ${empty} is empty`}. Give at least one id each, such as that of [UNK].`,
    );
  checkLength('pad', length);
  const data = new Int32Array(lists.length * length).fill(padding);
  lists.forEach((list, row) => data.set(Array.from(list).slice(0, length), row * length));
  return { data, shape: [lists.length, length] };
}
