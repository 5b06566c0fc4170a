/** Rows for functions of one element: a table of names, definitions, and the values at which each may go wrong. */
import type { Tensor } from '../../src/index.ts';
import { golden, normal, uniform, values, type Case, type Input } from './row.ts';

export interface UnarySpec {
  readonly f: (x: number) => number;
  /** Called as a method of its name unless given. */
  readonly run?: (x: Tensor) => Tensor;
  /** Standard normal unless given. */
  readonly draw?: (...shape: number[]) => Input;
  /** Values at which the op is likely to go wrong. */
  readonly edges: readonly number[];
  readonly tolerance: number;
  readonly why: string;
  /** The edges have no derivative that differences would show. */
  readonly bent?: boolean;
}

export const EXACT = 'computed exactly in float32';
export const FEW = 'some roundings of float32';
export const EXP = 'WGSL allows exp 3 + 2|x| ULP';

export const between =
  (low: number, high: number) =>
  (...shape: number[]): Input =>
    uniform(low, high, ...shape);

export function unaryCases(
  table: Readonly<Record<string, UnarySpec>>,
  shapes: readonly number[][] = [[7, 13]],
): Case[] {
  return Object.entries(table).flatMap(([op, { f, run, draw = normal, edges, tolerance, why, bent = false }]) =>
    golden<object>({
      op,
      run: () => run ?? ((x) => (x as unknown as Record<string, () => Tensor>)[op]!()),
      reference: () => (x) => x.map(f),
      tolerance,
      why,
      rows: [
        ...shapes.map((shape) => ({ inputs: [draw(...shape)], attrs: {} })),
        { inputs: [values(edges, 3, edges.length)], attrs: {}, label: 'edges', grad: !bent },
      ],
    }),
  );
}
