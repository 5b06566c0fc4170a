/** Stacked models: linear layers, losses and dropout of several members on a leading axis. */
import { F, manualSeed } from '../../src/index.ts';
import { dropoutBy } from '../../src/ops/index.ts';
import { Nd, sum } from './nd.ts';
import { uniformAt } from './philox.ts';
import { golden, integers, normal, shapes, type Case } from './row.ts';

/** Row `index` of x, which all members share where it has no axis for them. */
const member = (x: Nd, index: number, size: number): number => (x.size === size ? 0 : index * size);

const linearCases = golden<object>({
  op: 'matmul',
  run: () => (x, weight, bias) => F.linear(x, weight, bias),
  reference: () => (x, weight, bias) => {
    const [members = 0, outputs = 0, inner = 0] = weight.shape;
    const batch = x.shape.at(-2) ?? 0;
    return Nd.of([members, batch, outputs], ([at = 0, row = 0, out = 0]) => {
      const from = member(x, at, batch * inner) + row * inner;
      const weights = (at * outputs + out) * inner;
      let total = bias?.data[at * outputs + out] ?? 0;
      for (let k = 0; k < inner; k++) total += (x.data[from + k] ?? 0) * (weight.data[weights + k] ?? 0);
      return total;
    });
  },
  tolerance: 2e-5,
  why: 'as linear',
  rows: shapes(
    [normal(1, 1), normal(1, 1, 1), normal(1, 1)],
    [normal(32, 2), normal(8, 16, 2), normal(8, 16)],
    [normal(3, 9, 5), normal(3, 7, 5), normal(3, 7)],
    [normal(5, 4), normal(2, 3, 4)],
    [normal(17, 31), normal(3, 29, 31), normal(3, 29)],
    [normal(2, 33, 37), normal(2, 65, 37), normal(2, 65)],
    [normal(2, 33, 36), normal(2, 29, 36), normal(2, 29)],
    [normal(2, 2), normal(66_000, 1, 2), normal(66_000, 1)],
  ).map((row) => ({ ...row, label: 'as stacked linear', samples: 12 })),
});

const crossEntropyCases = golden<object>({
  op: 'stackedCrossEntropy',
  run: () => (logits, labels) => F.stackedCrossEntropy(logits, labels),
  reference: () => (logits, labels) => {
    const [members = 0, rows = 0, classes = 0] = logits.shape;
    return Nd.of([members], ([at = 0]) => {
      const losses = Array.from({ length: rows }, (_, row) => {
        const from = (at * rows + row) * classes;
        const line = Array.from(logits.data.subarray(from, from + classes));
        const label = labels.data[member(labels, at, rows) + row] ?? 0;
        const top = Math.max(...line);
        return Math.log(sum(line.map((value) => Math.exp(value - top)))) + top - (line[label] ?? 0);
      });
      return sum(losses) / rows;
    });
  },
  tolerance: 5e-6,
  why: 'a mean of log-softmax values',
  rows: [
    { inputs: [normal(1, 1, 1), integers(0, 1, 1)], attrs: {} },
    { inputs: [normal(8, 32, 2), integers(0, 2, 32)], attrs: {} },
    { inputs: [normal(3, 7, 5), integers(0, 5, 3, 7)], attrs: {}, label: 'labels of their own' },
    { inputs: [normal(2, 67, 257), integers(0, 257, 67)], attrs: {}, samples: 8, label: 'large' },
    {
      inputs: [normal(2, 67, 257), integers(0, 257, 2, 67)],
      attrs: {},
      samples: 8,
      label: 'large, labels of their own',
    },
    { inputs: [normal(66_000, 1, 2), integers(0, 2, 1)], attrs: {}, grad: false, label: 'more members than 65,535' },
  ],
});

interface Dropout {
  readonly p: number[];
  readonly seed: number;
}

const dropoutCases = golden<Dropout>({
  op: 'dropout',
  run:
    ({ p, seed }) =>
    (x) => {
      manualSeed(seed);
      return dropoutBy(x, () => p);
    },
  reference:
    ({ p, seed }) =>
    (x) => {
      let i = 0;
      return x.map((value) => {
        const own = Math.fround(p[Math.floor((i * p.length) / x.size)] ?? 0);
        return uniformAt(seed, 0, i++) >= own ? value / (1 - own) : 0;
      });
    },
  tolerance: 2e-6,
  why: 'as dropout',
  rows: [
    { inputs: [normal(3, 7, 5)], attrs: { p: [0, 0.2, 0.9], seed: 3 } },
    { inputs: [normal(2, 129, 65)], attrs: { p: [0.5, 0], seed: 4 }, samples: 8 },
  ],
});

export const stackedCases: Case[] = [...linearCases, ...crossEntropyCases, ...dropoutCases];
