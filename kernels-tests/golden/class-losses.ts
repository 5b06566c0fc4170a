/** Losses of classes, against their definitions. */
import { F, tensor, type Tensor } from '../../src/index.ts';
import { Nd, sum } from './nd.ts';
import { golden, integers, normal, uniform, values, type Case, type Row } from './row.ts';
import { lines, logSoftmaxLine } from './softmax.ts';

const plain = golden<object>({
  op: 'crossEntropy',
  run: () => (logits, labels) => F.crossEntropy(logits, labels),
  reference: () => (logits, labels) => {
    const logs = lines(logits, 1, logSoftmaxLine);
    return new Nd(
      [],
      Float64Array.of(-sum(Array.from(labels.data, (label, row) => logs.at(row, label))) / labels.size),
    );
  },
  tolerance: 5e-6,
  why: 'a mean of log-softmax values',
  rows: [
    { inputs: [normal(1, 1), integers(0, 1, 1)], attrs: {} },
    { inputs: [normal(1, 5), integers(0, 5, 1)], attrs: {} },
    { inputs: [normal(64, 10), integers(0, 10, 64)], attrs: {} },
    { inputs: [normal(33, 2), integers(0, 2, 33)], attrs: {} },
    { inputs: [normal(7, 257), integers(0, 257, 7)], attrs: {}, samples: 24 },
    { inputs: [uniform(-80, 80, 31, 10), integers(0, 10, 31)], attrs: {}, label: 'large logits' },
    { inputs: [normal(66_001, 3), integers(0, 3, 66_001)], attrs: {}, label: 'more rows than 65,535' },
  ],
});

interface Options {
  readonly weight?: boolean;
  readonly ignoreIndex?: number;
  readonly reduction?: 'mean' | 'sum' | 'none';
  readonly labelSmoothing?: number;
}

const weightOf = (c: number): number => Math.fround(0.5 + 0.3 * c);
const weightsFor = (x: Tensor, { weight }: Options): { weight?: Tensor } =>
  weight ? { weight: tensor(Array.from({ length: x.shape[1] ?? 0 }, (_, c) => weightOf(c))) } : {};

/** Mean, sum or all of `losses`; the mean divides by the sum of `weights`. */
function reduced(reduction: Options['reduction'], losses: Nd, weights: Nd): Nd {
  if (reduction === 'none') return losses;
  const total = sum(Array.from(losses.data));
  return new Nd([], Float64Array.of(reduction === 'sum' ? total : total / sum(Array.from(weights.data))));
}

/** Over labels [batch, ...] of log-probabilities [batch, classes, ...]. */
function likelihood(logs: Nd, labels: Nd, options: Options): Nd {
  const classes = logs.shape[1] ?? 0;
  const { labelSmoothing = 0, ignoreIndex = -100, weight = false } = options;
  const w = (c: number): number => (weight ? weightOf(c) : 1);
  const at = (index: readonly number[], c: number): number => logs.get([index[0] ?? 0, c, ...index.slice(1)]);
  const losses = Nd.of(labels.shape, (index) => {
    const label = labels.get(index);
    if (label === ignoreIndex) return 0;
    const all = sum(Array.from({ length: classes }, (_, c) => w(c) * at(index, c)));
    return -(1 - labelSmoothing) * w(label) * at(index, label) - (labelSmoothing / classes) * all;
  });
  const weights = labels.map((label) => (label === ignoreIndex ? 0 : w(label)));
  return reduced(options.reduction, losses, weights);
}

const rows: readonly Row<Options>[] = [
  { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { reduction: 'none' } },
  { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { reduction: 'sum' } },
  { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { weight: true } },
  { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { weight: true, reduction: 'none' } },
  { inputs: [normal(33, 4), integers(0, 4, 33)], attrs: { ignoreIndex: 2 } },
  { inputs: [normal(33, 4), integers(-1, 4, 33)], attrs: { ignoreIndex: -1, weight: true } },
  { inputs: [normal(3, 5, 2, 4), integers(0, 5, 3, 2, 4)], attrs: {} },
  { inputs: [normal(3, 5, 2, 4), integers(0, 5, 3, 2, 4)], attrs: { reduction: 'none', ignoreIndex: 1 } },
  { inputs: [normal(66_001, 3), integers(0, 3, 66_001)], attrs: { weight: true }, label: 'more rows than 65,535' },
];
const smoothed: readonly Row<Options>[] = [
  { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { labelSmoothing: 0.1 } },
  { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { labelSmoothing: 0.3, weight: true, ignoreIndex: 0 } },
  { inputs: [normal(3, 5, 6), integers(0, 5, 3, 6)], attrs: { labelSmoothing: 1, reduction: 'sum' } },
];

const shared = { tolerance: 5e-6, why: 'log-softmax values and their sums; losses of 66,001 rows are averaged' };

const withOptions = golden<Options>({
  ...shared,
  op: 'crossEntropy',
  run: (options) => (x, labels) => F.crossEntropy(x, labels, { ...options, ...weightsFor(x, options) } as never),
  reference: (options) => (x, labels) => likelihood(lines(x, 1, logSoftmaxLine), labels, options),
  rows: [...rows, ...smoothed],
});

const nll = golden<Options>({
  ...shared,
  op: 'nllLoss',
  run: (options) => (x, labels) => F.nllLoss(x, labels, { ...options, ...weightsFor(x, options) } as never),
  reference: (options) => (x, labels) => likelihood(x, labels, options),
  rows: [{ inputs: [normal(7, 5), integers(0, 5, 7)], attrs: {} }, ...rows],
});

const probabilities = golden<Options>({
  ...shared,
  op: 'crossEntropy',
  run: (options) => (x, target) => F.crossEntropy(x, target, { ...options, ...weightsFor(x, options) } as never),
  reference: (options) => (x, target) => {
    const { labelSmoothing = 0, weight = false, reduction } = options;
    const logs = lines(x, 1, logSoftmaxLine);
    const classes = x.shape[1] ?? 0;
    const losses = Nd.of(x.shape.toSpliced(1, 1), (index) =>
      sum(
        Array.from({ length: classes }, (_, c) => {
          const place = [index[0] ?? 0, c, ...index.slice(1)];
          const wanted = (1 - labelSmoothing) * target.get(place) + labelSmoothing / classes;
          return -wanted * logs.get(place) * (weight ? weightOf(c) : 1);
        }),
      ),
    );
    return reduced(
      reduction,
      losses,
      losses.map(() => 1),
    );
  },
  rows: (
    [
      { inputs: [normal(7, 5), uniform(0, 1, 7, 5)], attrs: {} },
      { inputs: [normal(7, 5), uniform(0, 1, 7, 5)], attrs: { labelSmoothing: 0.2, weight: true } },
      { inputs: [normal(3, 5, 4), uniform(0, 1, 3, 5, 4)], attrs: { reduction: 'none' } },
    ] satisfies Row<Options>[]
  ).map((row) => ({ ...row, label: 'of probabilities' })),
});

interface Hinge extends Options {
  readonly p?: 1 | 2;
  readonly margin?: number;
}
const hinge = golden<Hinge>({
  op: 'multiMarginLoss',
  run: (options) => (x, labels) => F.multiMarginLoss(x, labels, { ...options, ...weightsFor(x, options) } as never),
  reference:
    ({ p = 1, margin = 1, weight = false, reduction }) =>
    (x, labels) => {
      const classes = x.shape[1] ?? 0;
      const losses = Nd.of(labels.shape, ([row = 0]) => {
        const label = labels.at(row);
        const over = (c: number): number => Math.max(0, margin - x.at(row, label) + x.at(row, c)) ** p;
        const others = Array.from({ length: classes }, (_, c) => (c === label ? 0 : over(c)));
        return (sum(others) * (weight ? weightOf(label) : 1)) / classes;
      });
      return reduced(
        reduction,
        losses,
        losses.map(() => 1),
      );
    },
  tolerance: 5e-6,
  why: 'sums of a few terms',
  rows: [
    { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: {} },
    { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { p: 2, margin: 0.5, weight: true } },
    { inputs: [normal(7, 5), integers(0, 5, 7)], attrs: { reduction: 'none' } },
  ],
});

/** Labels that the host does not know are picked, or ignored, on the GPU. */
const unknown = golden<object>({
  ...shared,
  op: 'crossEntropy',
  run: () => (x, labels) => F.crossEntropy(x, labels.add(0), { ignoreIndex: -100 }),
  reference: () => (x, labels) => likelihood(lines(x, 1, logSoftmaxLine), labels, {}),
  rows: [
    { inputs: [normal(4, 3), { ...values([2, -100, 0, 1], 4), dtype: 'int32' }], attrs: {}, label: 'some ignored' },
  ],
});

export const classLossCases: Case[] = [...plain, ...withOptions, ...nll, ...probabilities, ...hinge, ...unknown];
