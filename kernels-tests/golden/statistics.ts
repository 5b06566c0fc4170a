/** Reductions composed of others: var, std, logsumexp, norm, any, all, countNonzero, normalize. */
import { F, type Tensor } from '../../src/index.ts';
import { allAxes, Nd, reduce, sum } from './nd.ts';
import {
  awayFromZero,
  bools,
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

const axesOf = (x: Nd, axis: Attrs['axis']): readonly number[] =>
  axis === undefined ? allAxes(x) : typeof axis === 'number' ? [axis] : axis;

/** Every row of these reduces two elements at least. */
function rows<A extends Attrs>(draw: (...shape: number[]) => Input, attrs: Omit<A, keyof Attrs>): Row<A>[] {
  const tried: [Input, Attrs, string?][] = [
    [draw(7, 13), {}],
    [draw(7, 13), { axis: 0 }],
    [draw(7, 13), { axis: -1, keepdim: true }],
    [draw(2, 3, 2, 4, 3, 2), { axis: [1, 4] }],
    [draw(3, 5, 4), { axis: [0, -1], keepdim: true }],
    [draw(2, 521), { axis: 1 }],
    [draw(66_001, 2), { axis: 1 }, 'more rows than 65,535'],
  ];
  return tried.map(([input, own, label]) => ({
    inputs: [input],
    attrs: { ...own, ...attrs } as A,
    ...(label ? { label, samples: 4 } : {}),
  }));
}

type Spread = Attrs & { correction?: number };

function spread(op: 'var' | 'std', offset: number, tolerance: number, why: string, tried: Row<Spread>[]): Case[] {
  return golden<Spread>({
    op,
    run:
      ({ axis, ...options }) =>
      (x) =>
        x.add(offset)[op](axis, options),
    reference:
      ({ axis, keepdim = false, correction = 1 }) =>
      (x) =>
        reduce(x, axesOf(x, axis), keepdim, (list) => {
          const middle = sum(list) / list.length;
          const variance = sum(list.map((value) => (value - middle) ** 2)) / (list.length - correction);
          return op === 'var' ? variance : Math.sqrt(variance);
        }),
    tolerance,
    why,
    rows: tried,
  });
}

const ROUNDINGS = 'float32 sums of some hundred terms';

const spreadCases = [
  ...spread('var', 0, 1e-5, ROUNDINGS, [
    ...rows<Spread>(normal, {}),
    { inputs: [normal(5, 9)], attrs: { axis: 1, correction: 0 } },
    { inputs: [normal(5, 9)], attrs: { axis: 1, correction: 2.5 } },
    { inputs: [normal(5, 1)], attrs: { axis: 1 }, label: 'of one element each', grad: false },
    { inputs: [normal(4, 1)], attrs: { axis: 1, correction: 0 }, label: 'of one element each' },
  ]),
  ...spread('var', 4096, 1e-2, 'at 4096, float32 steps are 2^-11; E[x^2] - mean^2 would be off by more than 1', [
    { inputs: [normal(3, 521)], attrs: { axis: 1 }, label: 'far from zero', samples: 8 },
  ]),
  ...spread('std', 0, 1e-5, ROUNDINGS, [
    ...rows<Spread>(awayFromZero, {}).slice(0, 6),
    { inputs: [normal(5, 9)], attrs: { correction: 0 } },
  ]),
];

const varMeanCases = golden<Attrs>({
  op: 'varMean',
  run:
    ({ axis, ...options }) =>
    (x) => {
      const [variance, mean] = x.varMean(axis, options);
      return variance.add(mean.mul(3));
    },
  reference:
    ({ axis, keepdim = false }) =>
    (x) =>
      reduce(x, axesOf(x, axis), keepdim, (list) => {
        const middle = sum(list) / list.length;
        return sum(list.map((value) => (value - middle) ** 2)) / (list.length - 1) + 3 * middle;
      }),
  tolerance: 1e-5,
  why: ROUNDINGS,
  rows: rows<Attrs>(normal, {}).slice(0, 5),
});

const logsumexpCases = golden<Attrs>({
  op: 'logsumexp',
  run:
    ({ axis, ...options }) =>
    (x) =>
      x.logsumexp(axis, options),
  reference:
    ({ axis, keepdim = false }) =>
    (x) =>
      reduce(x, axesOf(x, axis), keepdim, (list) => {
        const most = list.reduce((a, b) => Math.max(a, b));
        return Number.isFinite(most) ? most + Math.log(sum(list.map((value) => Math.exp(value - most)))) : most;
      }),
  tolerance: 1e-5,
  why: 'WGSL allows exp a few ULP and log an absolute 2^-21',
  rows: [
    ...rows<Attrs>(normal, {}),
    { inputs: [normal(1)], attrs: {} },
    { inputs: [values([1000, 999, -1000], 3, 3)], attrs: { axis: 1 }, label: 'of large numbers' },
    { inputs: [values([-Infinity, 1, 2], 3)], attrs: {}, label: 'with -inf', grad: false },
    { inputs: [values([-Infinity], 2, 3)], attrs: { axis: 1 }, label: 'all -inf', grad: false },
    { inputs: [values([Infinity, 0], 4)], attrs: {}, label: 'with inf', grad: false },
    { inputs: [values([Number.NaN, 0], 4)], attrs: {}, label: 'with NaN', grad: false },
  ],
});

type Norm = Attrs & { p?: number };

const normCases = golden<Norm>({
  op: 'norm',
  run:
    ({ p, axis, ...options }) =>
    (x) =>
      x.norm(p, axis, options),
  reference:
    ({ p = 2, axis, keepdim = false }) =>
    (x) =>
      reduce(x, axesOf(x, axis), keepdim, (list) => {
        const sizes = list.map(Math.abs);
        if (p === Infinity) return sizes.reduce((a, b) => Math.max(a, b));
        if (p === -Infinity) return sizes.reduce((a, b) => Math.min(a, b));
        if (p === 0) return sizes.filter((size) => size > 0).length;
        return sum(sizes.map((size) => size ** p)) ** (1 / p);
      }),
  tolerance: 2e-5,
  why: 'sums, and powers of a few ULP times their exponent',
  rows: [
    ...rows<Norm>(awayFromZero, {}),
    ...rows<Norm>(awayFromZero, { p: 1 }).slice(1, 4),
    ...rows<Norm>(awayFromZero, { p: 3 }).slice(1, 4),
    { inputs: [awayFromZero(5, 9)], attrs: { p: 0.5, axis: 1 }, tolerance: 1e-4 },
    { inputs: [uniform(1, 9, 5, 9)], attrs: { p: Infinity, axis: 1 }, label: 'p = inf' },
    { inputs: [uniform(1, 9, 5, 9)], attrs: { p: -Infinity, axis: 1 }, label: 'p = -inf' },
    { inputs: [values([0, 1, 2], 3, 4)], attrs: { p: 0, axis: 1 }, grad: false },
    { inputs: [values([3, 4], 2)], attrs: {}, label: 'of 3 and 4' },
  ],
});

/** torch's subgradient; central differences would see the kink as 0 too. */
const zeroNormCases = golden<{ p: number }>({
  op: 'norm',
  run:
    ({ p }) =>
    (x) =>
      x.norm(p, 1),
  reference: () => (x) => new Nd([x.shape[0] ?? 0]),
  tolerance: 0,
  why: 'the norm of zeros is 0, and so is its gradient',
  rows: [
    { inputs: [values([0], 3, 4)], attrs: { p: 2 }, label: 'of zeros' },
    { inputs: [values([0], 3, 4)], attrs: { p: 1 }, label: 'of zeros' },
    { inputs: [values([0], 3, 4)], attrs: { p: 3 }, label: 'of zeros' },
  ],
});

const normalizeCases = golden<{ axis?: number; p?: number }>({
  op: 'normalize',
  run: (attrs) => (x) => F.normalize(x, attrs),
  reference:
    ({ axis = 1, p = 2 }) =>
    (x) => {
      const at = axis < 0 ? axis + x.shape.length : axis;
      const lengths = reduce(x, [at], true, (list) => sum(list.map((value) => Math.abs(value) ** p)) ** (1 / p));
      return Nd.of(x.shape, (index) => x.get(index) / Math.max(lengths.broadcast(index), 1e-12));
    },
  tolerance: 1e-5,
  why: ROUNDINGS,
  rows: [
    { inputs: [normal(5, 9)], attrs: {} },
    { inputs: [awayFromZero(2, 3, 4)], attrs: { axis: -1, p: 1 } },
    { inputs: [values([0], 2, 3)], attrs: {}, label: 'of zeros', grad: false },
  ],
});

type Truth = (x: Tensor, axis: Attrs['axis'], options: { keepdim: boolean }) => Tensor;

function truth(op: string, run: Truth, count: (nonzero: number, of: number) => number): Case[] {
  return golden<Attrs>({
    op,
    run:
      ({ axis, keepdim = false }) =>
      (x) =>
        run(x, axis, { keepdim }),
    reference:
      ({ axis, keepdim = false }) =>
      (x) =>
        reduce(x, axesOf(x, axis), keepdim, (list) => count(list.filter((value) => value !== 0).length, list.length)),
    tolerance: 0,
    why: 'truth and counts are exact',
    rows: [
      { inputs: [bools(1)], attrs: {} },
      { inputs: [bools(33, 3)], attrs: { axis: 1 } },
      { inputs: [bools(3, 2, 4)], attrs: { axis: [0, 2], keepdim: true } },
      { inputs: [values([0.5, 0, -3, Number.NaN], 7, 3)], attrs: { axis: 1 }, label: 'of floats', grad: false },
      { inputs: [integers(0, 2, 66_001, 2)], attrs: { axis: 1 }, label: 'of int32' },
      { inputs: [values([0], 2, 300)], attrs: { axis: 1 }, label: 'of zeros', grad: false },
      { inputs: [values([1], 2, 300)], attrs: { axis: 1 }, label: 'of ones', grad: false },
      { inputs: [bools(2, 0)], attrs: { axis: 1 }, label: 'of nothing' },
    ].map((row) => ({ ...row, grad: false })),
  });
}

const truthCases = [
  ...truth(
    'any',
    (x, ...rest) => x.any(...rest),
    (nonzero) => Number(nonzero > 0),
  ),
  ...truth(
    'all',
    (x, ...rest) => x.all(...rest),
    (nonzero, of) => Number(nonzero === of),
  ),
  ...truth(
    'countNonzero',
    (x, ...rest) => x.countNonzero(...rest),
    (nonzero) => nonzero,
  ),
];

export const statisticsCases: Case[] = [
  ...spreadCases,
  ...varMeanCases,
  ...logsumexpCases,
  ...normCases,
  ...zeroNormCases,
  ...normalizeCases,
  ...truthCases,
];
