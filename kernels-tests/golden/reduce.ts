/** Reductions over any axes: sum, mean, prod, max, min, argmax, argmin. */
import type { Tensor } from '../../src/index.ts';
import { allAxes, product, reduce, sum, type Nd } from './nd.ts';
import {
  awayFromZero,
  bools,
  distinct,
  golden,
  integers,
  normal,
  uniform,
  values,
  type Case,
  type Input,
  type Row,
} from './row.ts';

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
  (op: 'sum' | 'mean' | 'max' | 'min' | 'prod') =>
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
  rows: [
    ...rows(normal),
    { inputs: [integers(-9, 9, 7, 300)], attrs: { axis: 1 }, label: 'of int32', tolerance: 0 },
    { inputs: [integers(16_777_217, 16_800_000, 3, 37)], attrs: {}, label: 'of large int32', tolerance: 0 },
    { inputs: [integers(0, 50_000, 20_011)], attrs: {}, label: 'of long int32', tolerance: 0 },
    { inputs: [bools(1001, 3)], attrs: { axis: 0 }, label: 'of bool', tolerance: 0 },
  ],
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

const extremeCases = (['max', 'min'] as const).flatMap((op) => {
  const pick = op === 'max' ? Math.max : Math.min;
  return golden<Attrs>({
    op,
    run: run(op),
    reference:
      ({ axis, keepdim }) =>
      (x) =>
        reduce(x, axesOf(x, axis), keepdim ?? false, (list) => list.reduce((a, b) => pick(a, b))),
    tolerance: 1e-6,
    why: 'an extreme is exact, and its gradient is a copy',
    rows: [
      ...rows(distinct),
      { inputs: [values([-3e38, -1e38, -2e38], 5, 9)], attrs: { axis: 1 }, label: 'very negative', grad: false },
      { inputs: [values([3e38, 1e38, 2e38], 5, 9)], attrs: { axis: 1 }, label: 'very positive', grad: false },
      { inputs: [values([Infinity, 1, -Infinity], 300)], attrs: {}, label: 'infinite', grad: false },
      { inputs: [values([-Infinity], 3, 300)], attrs: { axis: 1 }, label: 'all -inf', grad: false },
      { inputs: [values([1, 2, Number.NaN, 3], 5, 4)], attrs: { axis: 1 }, label: 'with NaN', grad: false },
      {
        inputs: [values([...Array<number>(299).fill(1), Number.NaN], 300)],
        attrs: {},
        label: 'with one NaN',
        grad: false,
      },
      { inputs: [integers(16_777_217, 16_777_300, 3, 67)], attrs: { axis: 1 }, label: 'of large int32', tolerance: 0 },
      { inputs: [integers(-999_999_999, 999_999_999, 20_011)], attrs: {}, label: 'of long int32', tolerance: 0 },
      { inputs: [bools(7, 3)], attrs: { axis: 1 }, label: 'of bool', tolerance: 0 },
    ],
  });
});

const prodCases = golden<Attrs>({
  op: 'prod',
  run: run('prod'),
  reference:
    ({ axis, keepdim }) =>
    (x) =>
      reduce(x, axesOf(x, axis), keepdim ?? false, product),
  tolerance: 1e-4,
  why: 'float32 products of up to 300 factors; the gradient divides by each',
  rows: [
    { inputs: [normal(1)], attrs: {} },
    { inputs: [normal()], attrs: {} },
    { inputs: [awayFromZero(7, 13)], attrs: { axis: 0 } },
    { inputs: [awayFromZero(3, 5, 4, 6)], attrs: { axis: [1, 3], keepdim: true } },
    { inputs: [uniform(0.9, 1.1, 3, 300)], attrs: { axis: 1 } },
    { inputs: [values([2, 0, 3, 1.5, -1], 3, 5)], attrs: { axis: 1 }, label: 'with one zero each' },
    { inputs: [values([2, 0, 3, 0, 5, 7, 1, 2, -1, 4], 2, 5)], attrs: { axis: 1 }, label: 'with two zeros' },
    { inputs: [integers(1, 9, 5, 9)], attrs: { axis: 1 }, label: 'of int32', tolerance: 0 },
    { inputs: [normal(66_001, 3)], attrs: { axis: 1 }, label: 'more rows than 65,535', samples: 4 },
    { inputs: [normal(3, 0)], attrs: { axis: 1 }, label: 'of nothing', grad: false },
  ],
});

interface One {
  readonly axis?: number;
}

const argCases = (['argmax', 'argmin'] as const).flatMap((op) =>
  golden<One>({
    op,
    run:
      ({ axis }) =>
      (x) =>
        axis === undefined ? x[op]() : x[op](axis),
    reference:
      ({ axis }) =>
      (x) =>
        reduce(x, axis === undefined ? allAxes(x) : [axis], false, (list) => {
          const broken = list.findIndex(Number.isNaN);
          return broken >= 0 ? broken : list.indexOf(op === 'argmax' ? Math.max(...list) : Math.min(...list));
        }),
    tolerance: 0,
    why: 'an index is exact; of equal extremes the first counts',
    grad: false,
    rows: [
      { inputs: [distinct(1)], attrs: {} },
      { inputs: [distinct(7, 13)], attrs: {} },
      { inputs: [distinct(7, 13)], attrs: { axis: 1 } },
      { inputs: [distinct(257, 5)], attrs: { axis: 0 } },
      { inputs: [distinct(3, 65, 4)], attrs: { axis: -2 } },
      { inputs: [distinct(5, 1009)], attrs: { axis: 1 } },
      { inputs: [distinct(66_001, 3)], attrs: { axis: 1 }, label: 'more rows than 65,535' },
      { inputs: [values([1, 2, 2, 0, 0], 8, 5)], attrs: { axis: 1 }, label: 'of equal extremes' },
      { inputs: [values([5, 1], 3, 300)], attrs: { axis: 1 }, label: 'of long rows of equal extremes' },
      { inputs: [values([-3e38, -2e38], 2, 300)], attrs: { axis: 1 }, label: 'very negative' },
      { inputs: [values([-Infinity, Infinity], 2, 300)], attrs: { axis: 1 }, label: 'infinite' },
      { inputs: [values([4, 1, Number.NaN, 2, Number.NaN], 5, 5)], attrs: { axis: 1 }, label: 'with NaN' },
      {
        inputs: [values([...Array<number>(170).fill(1), Number.NaN], 1000)],
        attrs: {},
        label: 'with NaN in a long row',
      },
      { inputs: [integers(16_777_217, 16_777_300, 3, 67)], attrs: { axis: 1 }, label: 'of large int32' },
    ],
  }),
);

export const reduceCases: Case[] = [...sumCases, ...meanCases, ...extremeCases, ...prodCases, ...argCases];
