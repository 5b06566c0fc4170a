/** Rows for ops that move elements and compute nothing. */
import type { Tensor } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { golden, type Case, type Input } from './row.ts';

export const COPY = 'a copy is exact; gradients that add up several reads are a few roundings';
export const tolerance = 1e-5;

export interface Moved {
  readonly inputs: readonly Input[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  /** Shape of the result, and where each of its elements comes from in the first input; null for `fill`. */
  readonly shape: number[];
  readonly from: (index: readonly number[]) => readonly number[] | null;
  readonly fill?: number;
  readonly label: string;
}

/** Results each of whose elements is one of the first input's, or a constant. */
export function moved(op: string, ...rows: readonly Moved[]): Case[] {
  return rows.flatMap(({ inputs, run, shape, from, fill = 0, label }) =>
    golden<object>({
      op,
      run: () => run,
      reference: () => (x) =>
        Nd.of(shape, (index) => {
          const place = from(index);
          return place ? x.get(place) : fill;
        }),
      tolerance,
      why: COPY,
      rows: [{ inputs, attrs: {}, label }],
    }),
  );
}

export const at = (index: readonly number[], axis: number): number => index[axis] ?? 0;
export const mod = (a: number, n: number): number => ((a % n) + n) % n;
