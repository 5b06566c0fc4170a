/** Metrics, against their definitions on plain loops. */
import { metrics, type Tensor } from '../../src/index.ts';
import { Nd, sum } from './nd.ts';
import { golden, integers, normal, values, type Case } from './row.ts';

interface TopK {
  readonly topK?: number;
}

/** Whether the label is among the `topK` highest scores of a row; NaN is the lowest, the first of equals the highest. */
function isHit(scores: Nd, labels: Nd, row: number, topK: number): boolean {
  const ranked = Array.from({ length: scores.shape[1] ?? 0 }, (_, k) => k).filter(
    (k) => !Number.isNaN(scores.at(row, k)),
  );
  ranked.sort((a, b) => scores.at(row, b) - scores.at(row, a) || a - b);
  return ranked.slice(0, topK).includes(labels.at(row));
}

const accuracyCases = golden<TopK>({
  op: 'accuracy',
  run: (options) => (scores, labels) => metrics.accuracy(scores, labels, options),
  reference:
    ({ topK = 1 }) =>
    (scores, labels) =>
      Nd.of([], () => {
        const rows = Array.from({ length: labels.size }, (_, row) => Number(isHit(scores, labels, row, topK)));
        return sum(rows) / rows.length;
      }),
  tolerance: 1e-6,
  why: 'a count divided once',
  grad: false,
  rows: [
    { inputs: [normal(1, 1), integers(0, 1, 1)], attrs: {} },
    { inputs: [normal(67, 10), integers(0, 10, 67)], attrs: {} },
    { inputs: [normal(67, 10), integers(0, 10, 67)], attrs: { topK: 3 } },
    { inputs: [normal(5, 3), integers(0, 3, 5)], attrs: { topK: 3 } },
    { inputs: [values([2, 1, 2, 0, 2], 40, 7), integers(0, 7, 40)], attrs: { topK: 2 }, label: 'with ties' },
    {
      inputs: [values([0, Infinity, -Infinity, 1, 5], 40, 7), integers(0, 7, 40)],
      attrs: { topK: 2 },
      label: 'infinite',
    },
    { inputs: [normal(66_001, 3), integers(0, 3, 66_001)], attrs: {}, label: 'more rows than 65,535' },
    { inputs: [normal(3, 1009), integers(0, 1009, 3)], attrs: { topK: 500 } },
  ],
});

interface Classes {
  readonly classes: number;
}

function counted(predictions: Nd, labels: Nd, classes: number): Nd {
  const matrix = new Nd([classes, classes]);
  for (let row = 0; row < labels.size; row++) {
    const [label, prediction] = [labels.at(row), predictions.at(row)];
    if (label < 0 || label >= classes || prediction < 0 || prediction >= classes) continue;
    matrix.data[label * classes + prediction]! += 1;
  }
  return matrix;
}

/** Computed on the GPU, so that the host does not know the range. */
const hidden = (x: Tensor): Tensor => x.add(0);

const confusionCases = golden<Classes>({
  op: 'confusionMatrix',
  run:
    ({ classes }) =>
    (predictions, labels) =>
      metrics.confusionMatrix(hidden(predictions), hidden(labels), classes),
  reference:
    ({ classes }) =>
    (predictions, labels) =>
      counted(predictions, labels, classes),
  tolerance: 0,
  why: 'counts are exact',
  grad: false,
  rows: [
    { inputs: [integers(0, 1, 1), integers(0, 1, 1)], attrs: { classes: 1 } },
    { inputs: [integers(0, 2, 31), integers(0, 2, 31)], attrs: { classes: 2 } },
    { inputs: [integers(0, 17, 257), integers(0, 17, 257)], attrs: { classes: 17 } },
    { inputs: [integers(-2, 12, 300), integers(-2, 12, 300)], attrs: { classes: 10 }, label: 'some out of range' },
    { inputs: [integers(0, 10, 66_001), integers(0, 10, 66_001)], attrs: { classes: 10 }, label: 'more than 65,535' },
  ],
});

const accumulateCases = golden<Classes>({
  op: 'Confusion',
  run:
    ({ classes }) =>
    (predictions, labels) => {
      const confusion = new metrics.Confusion(classes);
      for (let batch = 0; batch < 3; batch++) confusion.update(predictions, labels);
      return confusion.matrix.clone();
    },
  reference:
    ({ classes }) =>
    (predictions, labels) =>
      counted(predictions, labels, classes).map((count) => 3 * count),
  tolerance: 0,
  why: 'counts are exact',
  grad: false,
  rows: [1, 3, 300].map((classes) => ({
    inputs: [integers(0, classes, 101), integers(0, classes, 101)],
    attrs: { classes },
  })),
});

interface Scored {
  readonly metric: 'precision' | 'recall' | 'f1Score';
  readonly average: metrics.Average;
}

/** Per class: true positives, false positives, false negatives. */
function outcomes(matrix: Nd): { tp: number; fp: number; fn: number }[] {
  const classes = matrix.shape[0] ?? 0;
  const all = Array.from({ length: classes }, (_, k) => k);
  return all.map((k) => ({
    tp: matrix.at(k, k),
    fp: sum(all.filter((row) => row !== k).map((row) => matrix.at(row, k))),
    fn: sum(all.filter((column) => column !== k).map((column) => matrix.at(k, column))),
  }));
}

const definitions: Record<Scored['metric'], (tp: number, fp: number, fn: number) => [number, number]> = {
  precision: (tp, fp) => [tp, tp + fp],
  recall: (tp, _, fn) => [tp, tp + fn],
  f1Score: (tp, fp, fn) => [2 * tp, 2 * tp + fp + fn],
};

const safe = ([numerator, denominator]: readonly [number, number]): number =>
  denominator === 0 ? 0 : numerator / denominator;

function averaged(matrix: Nd, { metric, average }: Scored): Nd {
  const found = outcomes(matrix);
  const parts = found.map(({ tp, fp, fn }) => definitions[metric](tp, fp, fn));
  const each = parts.map(safe);
  const supports = found.map(({ tp, fn }) => tp + fn);
  if (average === 'none') return new Nd([each.length], Float64Array.from(each));
  const value = {
    binary: each[1] ?? Number.NaN,
    micro: safe([sum(parts.map(([numerator]) => numerator)), sum(parts.map(([, denominator]) => denominator))]),
    macro: safe([sum(each), found.filter(({ tp, fp, fn }) => tp + fp + fn > 0).length]),
    weighted: safe([sum(each.map((score, k) => score * (supports[k] ?? 0))), sum(supports)]),
  }[average];
  return Nd.of([], () => value);
}

const scoreCases = golden<Scored>({
  op: 'score',
  run:
    ({ metric, average }) =>
    (matrix) =>
      metrics[metric](matrix, { average }),
  reference: (options) => (matrix) => averaged(matrix, options),
  tolerance: 1e-6,
  why: 'two divisions of exact counts',
  grad: false,
  rows: (['precision', 'recall', 'f1Score'] as const).flatMap((metric) => [
    ...(['none', 'macro', 'weighted', 'micro'] as const).flatMap((average) => [
      { inputs: [integers(0, 50, 7, 7)], attrs: { metric, average } },
      // Of classes 1 to 3, one is never predicted, one never there, one neither.
      { inputs: [values([5, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4, 4)], attrs: { metric, average } },
      { inputs: [integers(0, 1, 3, 3)], attrs: { metric, average }, label: 'of nothing' },
    ]),
    { inputs: [integers(0, 50, 2, 2)], attrs: { metric, average: 'binary' as const } },
  ]),
}).map((each) => ({ ...each, name: each.name.replace('score ', '') }));

/** Gorodkin's definition, over single examples: the correlation of the two one-hot codes. */
function correlation(matrix: Nd): number {
  const classes = matrix.shape[0] ?? 0;
  const all = Array.from({ length: classes }, (_, k) => k);
  const total = sum([...matrix.data]);
  const rows = all.map((k) => sum(all.map((l) => matrix.at(k, l))));
  const columns = all.map((l) => sum(all.map((k) => matrix.at(k, l))));
  const covariance = (a: readonly number[], b: readonly number[], joint: number): number =>
    joint * total - sum(a.map((count, k) => count * (b[k] ?? 0)));
  const both = covariance(rows, columns, sum(all.map((k) => matrix.at(k, k))));
  const spread = Math.sqrt(covariance(rows, rows, total)) * Math.sqrt(covariance(columns, columns, total));
  return spread === 0 ? 0 : both / spread;
}

const matthewsCases = golden<object>({
  op: 'matthewsCorrcoef',
  run: () => metrics.matthewsCorrcoef,
  reference: () => (matrix) => Nd.of([], () => correlation(matrix)),
  tolerance: 2e-6,
  why: 'sums of products of counts, a root and a division',
  grad: false,
  rows: [
    { inputs: [integers(0, 50, 2, 2)], attrs: {} },
    { inputs: [integers(0, 50, 7, 7)], attrs: {} },
    { inputs: [integers(0, 100_000, 5, 5)], attrs: {}, label: 'of many examples' },
    { inputs: [values([1_000_000, 0, 1, 1], 2, 2)], attrs: {}, label: 'very uneven' },
    { inputs: [values([9, 4, 0, 0], 2, 2)], attrs: {}, label: 'one label' },
    { inputs: [integers(0, 1, 3, 3)], attrs: {}, label: 'of nothing' },
  ],
});

export const metricCases: Case[] = [
  ...accuracyCases,
  ...confusionCases,
  ...accumulateCases,
  ...scoreCases,
  ...matthewsCases,
];
