/** Parts of tensors, and tensors put together: narrow, select, split, stack, pad. */
import { concat, F, stack } from '../../src/index.ts';
import { at, COPY, moved, tolerance } from './moved.ts';
import { Nd } from './nd.ts';
import { bools, golden, integers, normal, type Case } from './row.ts';

const partCases = [
  ...moved(
    'narrow',
    {
      inputs: [normal(7, 5)],
      run: (x) => x.narrow(0, 2, 4),
      shape: [4, 5],
      from: ([r = 0, c = 0]) => [r + 2, c],
      label: 'of rows',
    },
    {
      inputs: [normal(3, 7, 2)],
      run: (x) => x.narrow(-2, -3, 3),
      shape: [3, 3, 2],
      from: (index) => index.with(1, at(index, 1) + 4),
      label: 'from the end',
    },
  ),
  ...moved(
    'select',
    { inputs: [normal(5, 7)], run: (x) => x.select(0, 3), shape: [7], from: ([c = 0]) => [3, c], label: 'a row' },
    {
      inputs: [normal(2, 3, 4, 5, 2, 3)],
      run: (x) => x.select(3, -2),
      shape: [2, 3, 4, 2, 3],
      from: (index) => index.toSpliced(3, 0, 3),
      label: 'from the end, of six axes',
    },
    {
      inputs: [integers(-9, 9, 1)],
      run: (x) => x.select(0, 0),
      shape: [],
      from: () => [0],
      label: 'the only one, of int32',
    },
  ),
  ...moved(
    'split',
    {
      inputs: [normal(7, 3)],
      run: (x) => concat(x.split(3).toReversed()),
      shape: [7, 3],
      from: ([r = 0, c = 0]) => [[6, 3, 4, 5, 0, 1, 2][r] ?? 0, c],
      label: 'in threes, turned round',
    },
    {
      inputs: [normal(2, 7)],
      run: (x) => concat(x.split([1, 0, 4, 2], 1).toReversed(), 1),
      shape: [2, 7],
      from: ([r = 0, c = 0]) => [r, [5, 6, 1, 2, 3, 4, 0][c] ?? 0],
      label: 'in given sizes, turned round',
    },
  ),
  ...moved('chunk', {
    inputs: [normal(5, 10)],
    run: (x) => concat(x.chunk(4, -1).toReversed(), -1),
    shape: [5, 10],
    from: ([r = 0, c = 0]) => [r, [9, 6, 7, 8, 3, 4, 5, 0, 1, 2][c] ?? 0],
    label: 'in four, turned round',
  }),
  ...moved('unbind', {
    inputs: [normal(4, 3)],
    run: (x) => stack(x.unbind(1).toReversed(), 0),
    shape: [3, 4],
    from: ([r = 0, c = 0]) => [c, 2 - r],
    label: 'and stack',
  }),
];

const stackCases = golden<{ axis: number }>({
  op: 'stack',
  run:
    ({ axis }) =>
    (...parts) =>
      stack(parts, axis),
  reference:
    ({ axis }) =>
    (...parts) => {
      const [first] = parts;
      const place = axis < 0 ? axis + (first?.shape.length ?? 0) + 1 : axis;
      const shape = (first?.shape ?? []).toSpliced(place, 0, parts.length);
      return Nd.of(shape, (index) => parts[at(index, place)]?.get(index.toSpliced(place, 1)) ?? Number.NaN);
    },
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(3, 5), normal(3, 5)], attrs: { axis: 0 } },
    { inputs: [normal(3, 5), normal(3, 5), normal(3, 5)], attrs: { axis: -1 } },
    { inputs: [normal(2, 3), normal(2, 3)], attrs: { axis: 1 } },
    { inputs: [normal(), normal(), normal()], attrs: { axis: 0 }, label: 'of scalars' },
    { inputs: [bools(7), bools(7)], attrs: { axis: 1 }, label: 'of bool' },
  ],
});

interface Pad {
  readonly pad: number[];
  readonly value?: number;
}

const padCases = golden<Pad>({
  op: 'pad',
  run:
    ({ pad, value }) =>
    (x) =>
      F.pad(x, pad, value === undefined ? {} : { value }),
  reference:
    ({ pad, value = 0 }) =>
    (x) => {
      const before = x.shape.map((_, axis) => pad[2 * (x.shape.length - 1 - axis)] ?? 0);
      const after = x.shape.map((_, axis) => pad[2 * (x.shape.length - 1 - axis) + 1] ?? 0);
      const shape = x.shape.map((size, axis) => size + at(before, axis) + at(after, axis));
      return Nd.of(shape, (index) => {
        const from = index.map((place, axis) => place - at(before, axis));
        const inside = from.every((place, axis) => place >= 0 && place < at(x.shape, axis));
        return inside ? x.get(from) : value;
      });
    },
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(1)], attrs: { pad: [2, 3] } },
    { inputs: [normal(5, 7)], attrs: { pad: [1, 2] } },
    { inputs: [normal(2, 3, 5, 7)], attrs: { pad: [1, 2, 3, 0] } },
    { inputs: [normal(2, 3, 5, 7)], attrs: { pad: [1, 1, 2, 2, 0, 1, 1, 0], value: -1.5 } },
    { inputs: [normal(5, 7)], attrs: { pad: [-1, 2, 3, -2] } },
    { inputs: [normal(5, 7)], attrs: { pad: [-1, 0, -2, -1] } },
    { inputs: [normal(3, 1, 2, 1, 3, 2)], attrs: { pad: [0, 1, 1, 0, 0, 0, 2, 1] } },
    { inputs: [normal(4)], attrs: { pad: [1, 1], value: Number.NEGATIVE_INFINITY }, label: 'with -inf', grad: false },
    { inputs: [integers(-9, 9, 4, 3)], attrs: { pad: [0, 2, 1, 0], value: 7 }, label: 'of int32' },
    { inputs: [bools(4, 3)], attrs: { pad: [1, 1] }, label: 'of bool' },
    { inputs: [normal(66_001, 2)], attrs: { pad: [1, 0] }, label: 'more rows than 65,535' },
  ],
});

export const partsCases: Case[] = [...partCases, ...stackCases, ...padCases];
