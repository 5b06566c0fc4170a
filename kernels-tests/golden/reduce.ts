/** Reductions over any axes: sum, mean, max, argmax. */
import type { Tensor } from '../../src/index.ts';
import { allAxes, product, reduce, sum, type Nd } from './nd.ts';
import { distinct, golden, integers, normal, values, type Case, type Input, type Row } from './row.ts';

interface Attrs {
  readonly axis?: number | readonly number[];
  readonly keepdim?: boolean;
}

function axesOf(x: Nd, axis: Attrs['axis']): readonly number[] {
  if (axis === undefined) return allAxes(x);
  return typeof axis === 'number' ? [axis] : axis;
}

/** First axis, last axis, both, the middle, negative ones, all; one element, primes, and off by one from 64 and 256. */
function rows(draw: (...shape: number[]) => Input): Row<Attrs>[] {
  return [
    { inputs: [draw(1)], attrs: {} },
    { inputs: [draw()], attrs: {} },
    { inputs: [draw(7, 13)], attrs: {} },
    { inputs: [draw(7, 13)], attrs: { axis: 0 } },
    { inputs: [draw(7, 13)], attrs: { axis: -1, keepdim: true } },
    { inputs: [draw(5, 257)], attrs: { axis: 1 } },
    { inputs: [draw(255, 5)], attrs: { axis: 0 } },
    { inputs: [draw(3, 65, 4)], attrs: { axis: 1 } },
    { inputs: [draw(3, 5, 4, 6)], attrs: { axis: [1, 3] } },
    { inputs: [draw(3, 5, 4, 6)], attrs: { axis: [0, -2], keepdim: true } },
    { inputs: [draw(3, 5, 4)], attrs: { axis: [0, 1, 2] } },
    { inputs: [draw(4, 1, 3)], attrs: { axis: 1 }, label: 'of one' },
    { inputs: [draw(66_001, 3)], attrs: { axis: 1 }, label: 'more rows than 65,535' },
    { inputs: [draw(3, 66_001)], attrs: { axis: 0 }, label: 'more columns than 65,535' },
    { inputs: [draw(40_000)], attrs: {}, label: 'long' },
    { inputs: [draw(20_011, 7)], attrs: { axis: 0 }, label: 'deep' },
  ];
}

const run =
  (op: 'sum' | 'mean' | 'max') =>
  ({ axis, keepdim }: Attrs) =>
  (x: Tensor): Tensor =>
    keepdim === undefined ? x[op](axis) : x[op](axis, { keepdim });

const sumCases = golden<Attrs>({
  op: 'sum',
  run: run('sum'),
  reference:
    ({ axis, keepdim }) =>
    (x) =>
      reduce(x, axesOf(x, axis), keepdim ?? false, sum),
  tolerance: 2e-5,
  why: 'pairwise float32 sums of up to 40,000 normals, whose total may be near zero',
  rows: [...rows(normal), { inputs: [integers(-9, 9, 7, 300)], attrs: { axis: 1 }, label: 'of int32', tolerance: 0 }],
});

const meanCases = golden<Attrs>({
  op: 'mean',
  run: run('mean'),
  reference:
    ({ axis, keepdim }) =>
    (x) => {
      const axes = axesOf(x, axis);
      const count = product(axes.map((at) => x.shape.at(at) ?? 1));
      return reduce(x, axes, keepdim ?? false, sum).map((total) => total / count);
    },
  tolerance: 2e-6,
  why: 'a sum over its count',
  rows: rows(normal),
});

const maxCases = golden<Attrs>({
  op: 'max',
  run: run('max'),
  reference:
    ({ axis, keepdim }) =>
    (x) =>
      reduce(x, axesOf(x, axis), keepdim ?? false, (list) =>
        list.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
      ),
  tolerance: 1e-6,
  why: 'a maximum is exact, and its gradient is a copy',
  rows: [
    ...rows(distinct),
    { inputs: [values([-3e38, -1e38, -2e38], 5, 9)], attrs: { axis: 1 }, label: 'very negative', grad: false },
  ],
});

interface One {
  readonly axis?: number;
}

const argmaxCases = golden<One>({
  op: 'argmax',
  run:
    ({ axis }) =>
    (x) =>
      axis === undefined ? x.argmax() : x.argmax(axis),
  reference:
    ({ axis }) =>
    (x) =>
      reduce(x, axis === undefined ? allAxes(x) : [axis], false, (list) => list.indexOf(Math.max(...list))),
  tolerance: 0,
  why: 'an index is exact; of equal maxima the first counts',
  grad: false,
  rows: [
    { inputs: [distinct(1)], attrs: {} },
    { inputs: [distinct(7, 13)], attrs: {} },
    { inputs: [distinct(7, 13)], attrs: { axis: 1 } },
    { inputs: [distinct(257, 5)], attrs: { axis: 0 } },
    { inputs: [distinct(3, 65, 4)], attrs: { axis: -2 } },
    { inputs: [distinct(66_001, 3)], attrs: { axis: 1 }, label: 'more rows than 65,535' },
    { inputs: [values([1, 2, 2, 0], 8, 4)], attrs: { axis: 1 }, label: 'of equal maxima' },
    { inputs: [values([-3e38, -2e38], 2, 300)], attrs: { axis: 1 }, label: 'very negative' },
  ],
});

export const reduceCases: Case[] = [...sumCases, ...meanCases, ...maxCases, ...argmaxCases];
