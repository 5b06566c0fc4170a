/** Losses of a prediction and a target, element by element, against their definitions. */
import { F, tensor, type Tensor } from '../../src/index.ts';
import { Nd, sum, zip } from './nd.ts';
import { awayFromZero, golden, integers, normal, uniform, values, type Case, type Input } from './row.ts';

const REDUCTIONS = ['mean', 'sum', 'none'] as const;
type Reduction = (typeof REDUCTIONS)[number];

function reduced(reduction: Reduction, losses: Nd): Nd {
  if (reduction === 'none') return losses;
  return new Nd([], Float64Array.of(sum(Array.from(losses.data)) / (reduction === 'sum' ? 1 : losses.size)));
}

interface Spec {
  readonly run: (options: { reduction: Reduction }) => (...inputs: Tensor[]) => Tensor;
  readonly f: (...values: number[]) => number;
  readonly inputs: readonly Input[];
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const smooth = (d: number, beta: number): number =>
  Math.abs(d) < beta ? (0.5 * d * d) / beta : Math.abs(d) - 0.5 * beta;
const pair = [normal(7, 5), normal(7, 5)];
/** 1 and -1; its gradient is not asked for, as it is a choice. */
const signs = (...shape: number[]): Input => ({ ...values([1, -1, -1, 1, 1], ...shape), dtype: 'int32' });
const inside = (...shape: number[]): Input => uniform(0.05, 0.95, ...shape);
const POS = [0.5, 2, 3, 1, 1.5];
const WEIGHT = [1, 0.5, 2, 3, 0.25];

const TABLE: Readonly<Record<string, Spec>> = {
  mseLoss: { run: (options) => (a, b) => F.mseLoss(a, b, options), f: (a, b) => (a - b) ** 2, inputs: pair },
  l1Loss: { run: (options) => (a, b) => F.l1Loss(a, b, options), f: (a, b) => Math.abs(a - b), inputs: pair },
  smoothL1Loss: {
    run: (options) => (a, b) => F.smoothL1Loss(a, b, { ...options, beta: 0.7 }),
    f: (a, b) => smooth(a - b, 0.7),
    inputs: pair,
  },
  'smoothL1Loss beta=0': {
    run: (options) => (a, b) => F.smoothL1Loss(a, b, { ...options, beta: 0 }),
    f: (a, b) => Math.abs(a - b),
    inputs: pair,
  },
  huberLoss: {
    run: (options) => (a, b) => F.huberLoss(a, b, { ...options, delta: 1.5 }),
    f: (a, b) => 1.5 * smooth(a - b, 1.5),
    inputs: pair,
  },
  binaryCrossEntropy: {
    run: (options) => (a, b) => F.binaryCrossEntropy(a, b, { ...options, weight: tensor(WEIGHT) }),
    f: (x, t, w = 1) => -w * (t * Math.log(x) + (1 - t) * Math.log1p(-x)),
    inputs: [inside(7, 5), inside(7, 5)],
  },
  binaryCrossEntropyWithLogits: {
    run: (options) => (a, b) => F.binaryCrossEntropyWithLogits(a, b, options),
    f: (x, t) => softplus(x) - x * t,
    inputs: [uniform(-30, 30, 7, 5), inside(7, 5)],
  },
  'binaryCrossEntropyWithLogits weighted': {
    run: (options) => (a, b) =>
      F.binaryCrossEntropyWithLogits(a, b, { ...options, weight: tensor(WEIGHT), posWeight: tensor(POS) }),
    f: (x, t, w = 1, pos = 1) => w * ((1 - t) * softplus(x) + pos * t * softplus(-x)),
    inputs: [normal(7, 5), inside(7, 5)],
  },
  klDiv: {
    run: (options) => (x, t) => F.klDiv(x, t, options),
    f: (x, t) => t * (Math.log(t) - x),
    inputs: [normal(7, 5), inside(7, 5)],
  },
  'klDiv logTarget': {
    run: (options) => (x, t) => F.klDiv(x, t, { ...options, logTarget: true }),
    f: (x, t) => Math.exp(t) * (t - x),
    inputs: pair,
  },
  hingeEmbeddingLoss: {
    run: (options) => (x, t) => F.hingeEmbeddingLoss(x, t, { ...options, margin: 1.25 }),
    f: (x, t) => (t === 1 ? x : Math.max(0, 1.25 - x)),
    inputs: [normal(7, 5), signs(7, 5)],
  },
  marginRankingLoss: {
    run: (options) => (a, b, t) => F.marginRankingLoss(a, b, t, { ...options, margin: 0.5 }),
    f: (a, b, t = 1) => Math.max(0, 0.5 - t * (a - b)),
    inputs: [...pair, signs(7, 5)],
  },
  softMarginLoss: {
    run: (options) => (x, t) => F.softMarginLoss(x, t, options),
    f: (x, t) => softplus(-x * t),
    inputs: [normal(7, 5), signs(7, 5)],
  },
  poissonNllLoss: {
    run: (options) => (x, t) => F.poissonNllLoss(x, t, options),
    f: (x, t) => Math.exp(x) - t * x,
    inputs: [normal(7, 5), integers(0, 5, 7, 5)],
  },
  'poissonNllLoss of rates': {
    run: (options) => (x, t) => F.poissonNllLoss(x, t, { ...options, logInput: false }),
    f: (x, t) => x - t * Math.log(x + 1e-8),
    inputs: [inside(7, 5), integers(0, 5, 7, 5)],
  },
  gaussianNllLoss: {
    run: (options) => (x, t, v) => F.gaussianNllLoss(x, t, v, { ...options, full: true }),
    f: (x, t, v = 1) => 0.5 * (Math.log(v) + (x - t) ** 2 / v + Math.log(2 * Math.PI)),
    inputs: [...pair, uniform(0.5, 2, 7, 5)],
  },
};

/** Constants that a loss is given as options join its inputs in the reference. */
const FIXED: Readonly<Record<string, readonly number[][]>> = {
  binaryCrossEntropy: [WEIGHT],
  'binaryCrossEntropyWithLogits weighted': [WEIGHT, POS],
};

const elementwise = Object.entries(TABLE).flatMap(([op, { run, f, inputs }]) =>
  golden<{ reduction: Reduction }>({
    op,
    run: (attrs) => run(attrs),
    reference:
      ({ reduction }) =>
      (...arrays) => {
        const fixed = (FIXED[op] ?? []).map((list) => new Nd([list.length], Float64Array.from(list)));
        return reduced(reduction, zip(f, ...arrays, ...fixed));
      },
    tolerance: 1e-5,
    why: 'some roundings, and a sum of 35 terms',
    rows: REDUCTIONS.map((reduction) => ({ inputs, attrs: { reduction } })),
  }),
);

const many = golden<object>({
  op: 'mseLoss',
  run: () => (a, b) => F.mseLoss(a, b),
  reference: () => (a, b) =>
    reduced(
      'mean',
      zip((x, y) => (x - y) ** 2, a, b),
    ),
  tolerance: 5e-6,
  why: 'a mean of squares',
  rows: [
    { inputs: [normal(1), normal(1)], attrs: {} },
    { inputs: [normal(257, 33), normal(257, 33)], attrs: {}, samples: 12 },
  ],
});

const extremes = [
  ...golden<object>({
    op: 'binaryCrossEntropy',
    run: () => (x, t) => F.binaryCrossEntropy(x, t, { reduction: 'none' }),
    reference: () => (x, t) =>
      zip((a, b) => -(b * Math.max(Math.log(a), -100) + (1 - b) * Math.max(Math.log1p(-a), -100)), x, t),
    tolerance: 1e-6,
    why: 'some roundings',
    grad: false,
    rows: [{ inputs: [values([0, 0, 1, 1, 0.5], 5), values([0, 1, 0, 1, 1], 5)], attrs: {}, label: 'certain' }],
  }),
  ...golden<object>({
    op: 'klDiv',
    run: () => (x, t) => F.klDiv(x, t, { reduction: 'batchmean' }),
    reference: () => (x, t) =>
      new Nd([], Float64Array.of(sum(Array.from(zip((a, b) => (b ? b * (Math.log(b) - a) : 0), x, t).data)) / 7)),
    tolerance: 5e-6,
    why: 'a sum of 35 terms',
    rows: [
      { inputs: [normal(7, 5), inside(7, 5)], attrs: {}, label: 'batchmean' },
      {
        inputs: [awayFromZero(7, 5), values([0, 1, 0.5], 7, 5)],
        attrs: {},
        label: 'batchmean with zeros',
        grad: false,
      },
    ],
  }),
];

const positives = golden<object>({
  op: 'binaryCrossEntropyWithLogits',
  run: () => (x, t, posWeight) => F.binaryCrossEntropyWithLogits(x, t, { posWeight, reduction: 'none' }),
  reference: () => (x, t, p) => zip((a, b, c) => (1 - b) * softplus(a) + c * b * softplus(-a), x, t, p),
  tolerance: 5e-6,
  why: 'as softplus, which is exp and log',
  rows: [
    { inputs: [normal(7, 5), inside(7, 5), uniform(0.5, 3, 5)], attrs: {}, label: 'with a gradient of posWeight' },
    { inputs: [normal(3), inside(3), uniform(0.5, 3, 1)], attrs: {}, label: 'with a gradient of one posWeight' },
  ],
});

export const elementLossCases: Case[] = [...elementwise, ...many, ...extremes, ...positives];
