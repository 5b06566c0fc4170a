/** Triangles, diagonals, one-hot vectors. */
import { F } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { bools, golden, integers, normal, type Case } from './row.ts';

const tolerance = 0;
const why = 'a copy is exact';

interface Offset {
  readonly offset?: number;
}

const triangles = (['tril', 'triu'] as const).flatMap((op) =>
  golden<Offset>({
    op,
    run:
      ({ offset }) =>
      (x) =>
        x[op](offset),
    reference:
      ({ offset = 0 }) =>
      (x) =>
        Nd.of(x.shape, (index) => {
          const [row = 0, col = 0] = index.slice(-2);
          return (op === 'tril' ? col - row <= offset : col - row >= offset) ? x.get(index) : 0;
        }),
    tolerance: 1e-6,
    why,
    rows: [
      { inputs: [normal(1, 1)], attrs: {} },
      { inputs: [normal(5, 7)], attrs: {} },
      { inputs: [normal(7, 5)], attrs: { offset: -2 } },
      { inputs: [normal(2, 3, 4, 5)], attrs: { offset: 1 } },
      { inputs: [normal(3, 4)], attrs: { offset: 9 } },
      { inputs: [integers(1, 9, 5, 5)], attrs: {}, label: 'of int32' },
      { inputs: [bools(5, 5)], attrs: {}, label: 'of bool' },
    ],
  }),
);

const diagonalCases = golden<{ args: [offset?: number, dim0?: number, dim1?: number] }>({
  op: 'diagonal',
  run:
    ({ args }) =>
    (x) =>
      x.diagonal(...args),
  reference:
    ({ args: [offset = 0, dim0 = 0, dim1 = 1] }) =>
    (x) => {
      const rank = x.shape.length;
      const [a, b] = [dim0, dim1].map((axis) => (axis < 0 ? axis + rank : axis)) as [number, number];
      const rest = x.shape.map((_, axis) => axis).filter((axis) => axis !== a && axis !== b);
      const [rows, cols] = [x.shape[a] ?? 0, x.shape[b] ?? 0];
      const length = Math.min(rows + Math.min(0, offset), cols - Math.max(0, offset));
      return Nd.of([...rest.map((axis) => x.shape[axis] ?? 0), length], (index) => {
        const full = x.shape.map((_, axis) => index[rest.indexOf(axis)] ?? 0);
        const k = index.at(-1) ?? 0;
        return x.get(full.with(a, k + Math.max(0, -offset)).with(b, k + Math.max(0, offset)));
      });
    },
  tolerance: 1e-6,
  why,
  rows: [
    { inputs: [normal(1, 1)], attrs: { args: [] } },
    { inputs: [normal(5, 7)], attrs: { args: [] } },
    { inputs: [normal(5, 7)], attrs: { args: [3] } },
    { inputs: [normal(7, 5)], attrs: { args: [-4] } },
    { inputs: [normal(2, 3, 4)], attrs: { args: [1, -2, -1] } },
    { inputs: [normal(3, 2, 4, 3)], attrs: { args: [-1, 3, 0] } },
  ],
});

const diagCases = golden<Offset>({
  op: 'diag',
  run:
    ({ offset }) =>
    (x) =>
      x.diag(offset),
  reference:
    ({ offset = 0 }) =>
    (x) => {
      const side = x.size + Math.abs(offset);
      return Nd.of([side, side], ([row = 0, col = 0]) => (col - row === offset ? x.at(Math.min(row, col)) : 0));
    },
  tolerance: 1e-6,
  why,
  rows: [
    { inputs: [normal(1)], attrs: {} },
    { inputs: [normal(5)], attrs: {} },
    { inputs: [normal(5)], attrs: { offset: 2 } },
    { inputs: [normal(5)], attrs: { offset: -3 } },
  ],
});

const oneHotCases = golden<{ classes?: number }>({
  op: 'oneHot',
  run:
    ({ classes }) =>
    (index) =>
      F.oneHot(index, classes),
  reference:
    ({ classes }) =>
    (index) =>
      Nd.of([...index.shape, classes ?? Math.max(...index.data) + 1], (place) =>
        index.get(place.slice(0, -1)) === place.at(-1) ? 1 : 0,
      ),
  tolerance,
  why,
  rows: [
    { inputs: [integers(0, 7, 9)], attrs: { classes: 7 } },
    { inputs: [integers(0, 5, 3, 4)], attrs: {} },
    { inputs: [integers(-2, 9, 33)], attrs: { classes: 4 }, label: 'with indices out of range' },
    { inputs: [integers(0, 3, 66_001)], attrs: { classes: 3 }, label: 'more rows than 65,535' },
  ],
});

export const placeCases: Case[] = [...triangles, ...diagonalCases, ...diagCases, ...oneHotCases];
