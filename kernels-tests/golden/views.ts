/** Ops that move no data or only copy it: reshape, permute, expand, slice, concat, indexSelect, and views of views. */
import { arange, concat } from '../../src/index.ts';
import { Nd, product } from './nd.ts';
import { bools, golden, integers, normal, type Case } from './row.ts';

const COPY = 'a copy is exact; gradients that add up overlapping reads are a few roundings';
const tolerance = 1e-5;

const reshapeCases = golden<{ shape: number[] }>({
  op: 'reshape',
  run:
    ({ shape }) =>
    (x) =>
      x.reshape(shape).mul(2),
  reference:
    ({ shape }) =>
    (x) => {
      const rest = x.size / product(shape.filter((size) => size !== -1));
      return new Nd(
        shape.map((size) => (size === -1 ? rest : size)),
        x.data.map((value) => 2 * value),
      );
    },
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(6, 4)], attrs: { shape: [24] } },
    { inputs: [normal(24)], attrs: { shape: [2, 3, 4] } },
    { inputs: [normal(6, 4)], attrs: { shape: [3, -1] } },
    { inputs: [normal(1)], attrs: { shape: [] } },
  ],
});

function permuted(x: Nd, dims: readonly number[]): Nd {
  const order = dims.map((dim) => (dim < 0 ? dim + dims.length : dim));
  const from = order.map((_, axis) => order.indexOf(axis));
  return Nd.of(
    order.map((dim) => x.shape[dim] ?? 1),
    (index) => x.get(from.map((at) => index[at] ?? 0)),
  );
}

const permuteCases = golden<{ dims: number[] }>({
  op: 'permute',
  run:
    ({ dims }) =>
    (x) =>
      x.permute(...dims),
  reference:
    ({ dims }) =>
    (x) =>
      permuted(x, dims),
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(5, 7)], attrs: { dims: [1, 0] } },
    { inputs: [normal(3, 4, 5)], attrs: { dims: [2, 0, 1] } },
    { inputs: [normal(2, 3, 4, 5)], attrs: { dims: [0, 2, -1, 1] } },
    { inputs: [integers(-9, 9, 5, 7)], attrs: { dims: [1, 0] }, label: 'of int32' },
    { inputs: [normal(70_001, 2)], attrs: { dims: [1, 0] }, label: 'more rows than 65,535' },
  ],
});

const transposeCases = golden<{ dims: [number, number] }>({
  op: 'permute',
  run:
    ({ dims }) =>
    (x) =>
      x.transpose(...dims).reshape([-1]),
  reference:
    ({ dims }) =>
    (x) => {
      const order = x.shape.map((_, axis) => axis);
      const [a, b] = dims.map((dim) => (dim < 0 ? dim + order.length : dim));
      const swapped = order.map((axis) => (axis === a ? (b ?? 0) : axis === b ? (a ?? 0) : axis));
      return new Nd([x.size], permuted(x, swapped).data);
    },
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(5, 7)], attrs: { dims: [0, 1] }, label: 'as transpose, flattened' },
    { inputs: [normal(2, 3, 4)], attrs: { dims: [-1, 0] }, label: 'as transpose, flattened' },
  ],
});

const expandCases = golden<{ shape: number[] }>({
  op: 'expand',
  run:
    ({ shape }) =>
    (x) =>
      x.expand(shape),
  reference:
    ({ shape }) =>
    (x) =>
      Nd.of(shape, (index) => x.broadcast(index)),
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(1)], attrs: { shape: [7] } },
    { inputs: [normal(5, 1)], attrs: { shape: [5, 9] } },
    { inputs: [normal(3)], attrs: { shape: [2, 4, 3] } },
    { inputs: [normal(2, 1, 3, 1)], attrs: { shape: [2, 5, 3, 4] } },
  ],
});

interface Slice {
  readonly axis: number;
  readonly start: number;
  readonly end?: number;
  readonly step?: number;
}

function sliced(x: Nd, { axis, start, end, step = 1 }: Slice): Nd {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const size = x.shape[at] ?? 0;
  const clamp = (place: number): number => Math.min(size, Math.max(0, place < 0 ? place + size : place));
  const first = clamp(start);
  const length = Math.max(0, Math.ceil((clamp(end ?? size) - first) / step));
  return Nd.of(x.shape.with(at, length), (index) => x.get(index.with(at, first + (index[at] ?? 0) * step)));
}

const sliceCases = golden<Slice>({
  op: 'slice',
  run:
    ({ axis, start, end, step }) =>
    (x) =>
      x.slice(axis, start, end, step),
  reference: (attrs) => (x) => sliced(x, attrs),
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(9)], attrs: { axis: 0, start: 2 } },
    { inputs: [normal(9, 5)], attrs: { axis: 0, start: 3, end: 8 } },
    { inputs: [normal(5, 9)], attrs: { axis: 1, start: 1, end: 8, step: 3 } },
    { inputs: [normal(5, 9, 2)], attrs: { axis: -2, start: -4, end: -1 } },
    { inputs: [bools(5, 9)], attrs: { axis: 1, start: 4 }, label: 'of bool' },
  ],
});

const concatCases = golden<{ axis: number }>({
  op: 'concat',
  run:
    ({ axis }) =>
    (...parts) =>
      concat(parts, axis),
  reference:
    ({ axis }) =>
    (...parts) => {
      const [first] = parts;
      if (!first) throw new Error('concat: a row without inputs');
      const at = axis < 0 ? axis + first.shape.length : axis;
      const total = parts.reduce((size, part) => size + (part.shape[at] ?? 0), 0);
      return Nd.of(first.shape.with(at, total), (index) => {
        let place = index[at] ?? 0;
        const part = parts.find(({ shape }) => {
          const size = shape[at] ?? 0;
          if (place < size) return true;
          place -= size;
          return false;
        });
        return part?.get(index.with(at, place)) ?? Number.NaN;
      });
    },
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(3), normal(4)], attrs: { axis: 0 } },
    { inputs: [normal(3, 5), normal(3, 2), normal(3, 1)], attrs: { axis: 1 } },
    { inputs: [normal(2, 3, 4), normal(2, 5, 4)], attrs: { axis: -2 } },
    { inputs: [normal(4, 3)], attrs: { axis: 0 }, label: 'of one' },
    {
      inputs: Array.from({ length: 13 }, (_, part) => normal(2, part + 1)),
      attrs: { axis: 1 },
      label: 'of many',
      samples: 8,
    },
    { inputs: [integers(-9, 9, 3, 2), integers(-9, 9, 3, 4)], attrs: { axis: 1 }, label: 'of int32' },
  ],
});

const indexSelectCases = golden<{ axis: number }>({
  op: 'indexSelect',
  run:
    ({ axis }) =>
    (x, indices) =>
      x.indexSelect(axis, indices),
  reference:
    ({ axis }) =>
    (x, indices) => {
      const at = axis < 0 ? axis + x.shape.length : axis;
      return Nd.of(x.shape.with(at, indices.size), (index) => x.get(index.with(at, indices.data[index[at] ?? 0] ?? 0)));
    },
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(7), integers(0, 7, 20)], attrs: { axis: 0 } },
    { inputs: [normal(7, 5), integers(0, 7, 3)], attrs: { axis: 0 } },
    { inputs: [normal(5, 33), integers(0, 33, 70)], attrs: { axis: 1 } },
    { inputs: [normal(2, 9, 3), integers(0, 9, 4)], attrs: { axis: -2 } },
    { inputs: [integers(0, 99, 50), integers(0, 50, 64)], attrs: { axis: 0 }, label: 'of int32' },
    { inputs: [normal(5, 2), integers(0, 5, 70_001)], attrs: { axis: 0 }, label: 'more rows than 65,535', grad: false },
  ],
});

const cloneCases = golden<object>({
  op: 'clone',
  run: () => (x) => x.clone(),
  reference: () => (x) => x.map((value) => value),
  tolerance,
  why: COPY,
  rows: [{ inputs: [normal(7, 5)], attrs: {} }],
});

const detachCases = golden<object>({
  op: 'detach',
  run: () => (x) => x.detach().mul(x),
  reference: () => (x) => x.map((value) => value * value),
  tolerance,
  why: COPY,
  grad: false,
  rows: [{ inputs: [normal(7, 5)], attrs: {} }],
});

const arangeCases = golden<{ start: number; end: number; step: number }>({
  op: 'arange',
  run:
    ({ start, end, step }) =>
    () =>
      arange(start, end, step),
  reference:
    ({ start, end, step }) =>
    () =>
      Nd.of([Math.ceil((end - start) / step)], ([at = 0]) => start + at * step),
  tolerance: 1e-6,
  why: 'one multiplication and one addition',
  rows: [
    { inputs: [], attrs: { start: 0, end: 7, step: 1 } },
    { inputs: [], attrs: { start: -3, end: 9.5, step: 0.75 } },
    { inputs: [], attrs: { start: 5, end: -5, step: -3 } },
  ],
});

/** Views of views are read through; none of them may be lost on the way to the kernel. */
const stackedCases = golden<object>({
  op: 'slice',
  run: () => (x) => x.transpose().slice(0, 1, 6, 2).unsqueeze(1).expand([3, 4, 5]).permute(1, 2, 0).add(1),
  reference: () => (x) => Nd.of([4, 5, 3], ([, row = 0, column = 0]) => x.at(row, 1 + 2 * column) + 1),
  tolerance,
  why: COPY,
  rows: [{ inputs: [normal(5, 7)], attrs: {}, label: 'in a stack of views' }],
});

export const viewCases: Case[] = [
  ...reshapeCases,
  ...permuteCases,
  ...transposeCases,
  ...expandCases,
  ...sliceCases,
  ...concatCases,
  ...indexSelectCases,
  ...cloneCases,
  ...detachCases,
  ...arangeCases,
  ...stackedCases,
];
