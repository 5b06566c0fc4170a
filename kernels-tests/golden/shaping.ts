/** Orders of elements and of axes, repetitions, grids: flip, roll, movedim, repeat, meshgrid. */
import { meshgrid } from '../../src/index.ts';
import { at, COPY, mod, moved, tolerance } from './moved.ts';
import { Nd, product } from './nd.ts';
import { bools, golden, integers, normal, type Case } from './row.ts';

const orderCases = [
  ...moved(
    'flip',
    { inputs: [normal(7)], run: (x) => x.flip(0), shape: [7], from: ([i = 0]) => [6 - i], label: 'a vector' },
    {
      inputs: [normal(5, 7)],
      run: (x) => x.flip(),
      shape: [5, 7],
      from: ([r = 0, c = 0]) => [4 - r, 6 - c],
      label: 'all axes',
    },
    {
      inputs: [normal(2, 3, 4, 2, 3, 2)],
      run: (x) => x.flip([1, -1]),
      shape: [2, 3, 4, 2, 3, 2],
      from: (index) => index.with(1, 2 - at(index, 1)).with(5, 1 - at(index, 5)),
      label: 'two of six axes',
    },
    {
      inputs: [normal(4, 9)],
      run: (x) => x.flip(1).slice(1, 1, 8, 3).transpose().flip(1),
      shape: [3, 4],
      from: ([r = 0, c = 0]) => [3 - c, 7 - 3 * r],
      label: 'in a stack of views',
    },
    {
      inputs: [normal(3, 5)],
      run: (x) => x.flip(1).reshape([5, 3]),
      shape: [5, 3],
      from: ([r = 0, c = 0]) => [Math.floor((3 * r + c) / 5), 4 - ((3 * r + c) % 5)],
      label: 'reshaped',
    },
  ),
  ...moved(
    'roll',
    { inputs: [normal(7)], run: (x) => x.roll(3), shape: [7], from: ([i = 0]) => [mod(i - 3, 7)], label: 'a vector' },
    {
      inputs: [normal(4, 5)],
      run: (x) => x.roll(-1),
      shape: [4, 5],
      from: ([r = 0, c = 0]) => [Math.floor(mod(5 * r + c + 1, 20) / 5), mod(c + 1, 5)],
      label: 'flattened',
    },
    {
      inputs: [normal(3, 4, 5)],
      run: (x) => x.roll([1, -8], [0, 2]),
      shape: [3, 4, 5],
      from: ([a = 0, b = 0, c = 0]) => [mod(a - 1, 3), b, mod(c + 8, 5)],
      label: 'two axes',
    },
    { inputs: [normal(4)], run: (x) => x.roll(8, 0), shape: [4], from: (index) => index, label: 'by its size' },
  ),
  ...moved(
    'movedim',
    {
      inputs: [normal(2, 3, 4, 5)],
      run: (x) => x.movedim(1, -1),
      shape: [2, 4, 5, 3],
      from: ([a = 0, c = 0, d = 0, b = 0]) => [a, b, c, d],
      label: 'channels last',
    },
    {
      inputs: [normal(2, 3, 4)],
      run: (x) => x.movedim([2, 0], [0, 1]),
      shape: [4, 2, 3],
      from: ([c = 0, a = 0, b = 0]) => [a, b, c],
      label: 'two at once',
    },
  ),
  ...moved('swapaxes', {
    inputs: [normal(2, 3, 4)],
    run: (x) => x.swapaxes(0, 2),
    shape: [4, 3, 2],
    from: ([c = 0, b = 0, a = 0]) => [a, b, c],
    label: 'of three',
  }),
];

const repeatCases = [
  ...moved(
    'repeat',
    {
      inputs: [normal(2, 3)],
      run: (x) => x.repeat([3, 2]),
      shape: [6, 6],
      from: ([r = 0, c = 0]) => [r % 2, c % 3],
      label: 'rows and columns',
    },
    {
      inputs: [normal(3)],
      run: (x) => x.repeat([4, 2, 1]),
      shape: [4, 2, 3],
      from: ([, , c = 0]) => [c],
      label: 'new axes',
    },
    {
      inputs: [normal(1, 2, 1, 3, 2, 2)],
      run: (x) => x.repeat([2, 1, 2, 1, 1, 3]),
      shape: [2, 2, 2, 3, 2, 6],
      from: ([, b = 0, , d = 0, e = 0, f = 0]) => [0, b, 0, d, e, f % 2],
      label: 'of six axes',
    },
  ),
  ...moved('tile', {
    inputs: [normal(2, 3)],
    run: (x) => x.tile([2]),
    shape: [2, 6],
    from: ([r = 0, c = 0]) => [r, c % 3],
    label: 'the last axis',
  }),
  ...moved(
    'repeatInterleave',
    {
      inputs: [normal(2, 3)],
      run: (x) => x.repeatInterleave(2),
      shape: [12],
      from: ([i = 0]) => [Math.floor(i / 6), Math.floor(i / 2) % 3],
      label: 'flattened',
    },
    {
      inputs: [normal(2, 3)],
      run: (x) => x.repeatInterleave(3, 0),
      shape: [6, 3],
      from: ([r = 0, c = 0]) => [Math.floor(r / 3), c],
      label: 'rows',
    },
  ),
  ...moved('unflatten', {
    inputs: [normal(2, 12, 3)],
    run: (x) => x.unflatten(1, [3, -1]).mul(1),
    shape: [2, 3, 4, 3],
    from: ([a = 0, b = 0, c = 0, d = 0]) => [a, 4 * b + c, d],
    label: 'with an open size',
  }),
  ...moved('viewAs', {
    inputs: [normal(6), normal(2, 3)],
    run: (x, y) => x.viewAs(y).add(y.mul(0)),
    shape: [2, 3],
    from: ([r = 0, c = 0]) => [3 * r + c],
    label: 'of another',
  }),
  ...moved('expandAs', {
    inputs: [normal(3), normal(2, 3)],
    run: (x, y) => x.expandAs(y).add(y.mul(0)),
    shape: [2, 3],
    from: ([, c = 0]) => [c],
    label: 'of another',
  }),
  ...moved('broadcastTo', {
    inputs: [normal(3, 1)],
    run: (x) => x.broadcastTo([2, -1, 4]),
    shape: [2, 3, 4],
    from: ([, r = 0]) => [r, 0],
    label: 'keeping a size',
  }),
];

const meshgridCases = golden<{ indexing: 'ij' | 'xy'; which: number }>({
  op: 'meshgrid',
  run:
    ({ indexing, which }) =>
    (...axes) =>
      meshgrid(axes, { indexing })[which]?.mul(1) ?? axes[0]!,
  reference:
    ({ indexing, which }) =>
    (...axes) => {
      const swap = indexing === 'xy' ? [1, 0, 2] : [0, 1, 2];
      const shape = swap.slice(0, axes.length).map((axis) => product(axes[axis]?.shape ?? []));
      return Nd.of(shape, (index) => axes[which]?.get([at(index, swap[which] ?? 0)]) ?? Number.NaN);
    },
  tolerance,
  why: COPY,
  grad: false,
  rows: [
    { inputs: [normal(3), normal(5)], attrs: { indexing: 'ij', which: 0 } },
    { inputs: [normal(3), normal(5)], attrs: { indexing: 'xy', which: 1 } },
    { inputs: [normal(3), normal(5), normal(2)], attrs: { indexing: 'ij', which: 1 } },
  ],
});

const maskedFillCases = golden<{ value: number }>({
  op: 'maskedFill',
  run:
    ({ value }) =>
    (x, mask) =>
      x.maskedFill(mask, value),
  reference:
    ({ value }) =>
    (x, mask) =>
      Nd.of(x.shape, (index) => (mask.broadcast(index) ? value : x.get(index))),
  tolerance,
  why: COPY,
  rows: [
    { inputs: [normal(5, 7), bools(5, 7)], attrs: { value: -3 } },
    { inputs: [normal(2, 5, 7), bools(7)], attrs: { value: 1e9 }, label: 'with a mask that is broadcast' },
    { inputs: [integers(-9, 9, 5), bools(5)], attrs: { value: 2 }, label: 'of int32' },
  ],
});

export const shapingCases: Case[] = [...orderCases, ...repeatCases, ...meshgridCases, ...maskedFillCases];
