/** Activations beyond relu, sigmoid and tanh, each at its bends and far out. */
import { F, type Tensor } from '../../src/index.ts';
import { erf } from './elementary.ts';
import { Nd, zip } from './nd.ts';
import { awayFromZero, golden, normal, uniform, values, type Case } from './row.ts';
import { EXACT, EXP, FEW, unaryCases, type UnarySpec } from './unary.ts';

const FAR = [0.5, -0.5, 10, -10, 50, -50];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const elu = (x: number, alpha: number, rate = 1): number => (x > 0 ? x : alpha * Math.expm1(rate * x));
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const tail = { edges: FAR, tolerance: 5e-6, why: EXP };
const bent = { edges: [...FAR, 1e20, -1e20], draw: awayFromZero, tolerance: 2e-6, why: FEW };

const TABLE: Readonly<Record<string, UnarySpec>> = {
  silu: { ...tail, f: (x) => x * sigmoid(x), run: F.silu },
  mish: { ...tail, f: (x) => x * Math.tanh(softplus(x)), run: F.mish },
  softsign: { ...tail, f: (x) => x / (1 + Math.abs(x)), run: F.softsign },
  logSigmoid: { ...tail, f: (x) => -softplus(-x), run: F.logSigmoid },
  tanhshrink: { ...tail, f: (x) => x - Math.tanh(x), run: F.tanhshrink, tolerance: 1e-5 },
  gelu: { ...tail, f: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)), run: (x) => F.gelu(x) },
  'gelu by tanh': {
    ...tail,
    f: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    run: (x) => F.gelu(x, { approximate: 'tanh' }),
  },
  softplus: { ...tail, f: softplus, run: (x) => F.softplus(x) },
  'softplus beta=2 threshold=5': {
    ...tail,
    f: (x) => (x * 2 > 5 ? x : softplus(2 * x) / 2),
    run: (x) => F.softplus(x, { beta: 2, threshold: 5 }),
  },
  leakyRelu: { ...bent, f: (x) => (x > 0 ? x : 0.01 * x), run: (x) => F.leakyRelu(x) },
  'leakyRelu slope 0.3': { ...bent, f: (x) => (x > 0 ? x : 0.3 * x), run: (x) => F.leakyRelu(x, 0.3) },
  elu: { ...tail, f: (x) => elu(x, 1), run: (x) => F.elu(x), tolerance: 1e-5 },
  'elu alpha 0.7': { ...tail, f: (x) => elu(x, 0.7), run: (x) => F.elu(x, 0.7), draw: awayFromZero, tolerance: 1e-5 },
  selu: {
    ...tail,
    f: (x) => 1.0507009873554805 * elu(x, 1.6732632423543772),
    run: F.selu,
    draw: awayFromZero,
    tolerance: 1e-5,
  },
  'celu alpha 2': { ...tail, f: (x) => elu(x, 2, 0.5), run: (x) => F.celu(x, 2), tolerance: 1e-5 },
  hardtanh: { ...bent, f: (x) => clamp(x, -1, 1), run: (x) => F.hardtanh(x) },
  'hardtanh -0.25 to 0.75': { ...bent, f: (x) => clamp(x, -0.25, 0.75), run: (x) => F.hardtanh(x, -0.25, 0.75) },
  relu6: { ...bent, f: (x) => clamp(x, 0, 6), run: F.relu6 },
  hardsigmoid: { ...bent, f: (x) => clamp(x + 3, 0, 6) / 6, run: F.hardsigmoid },
  hardswish: { ...bent, f: (x) => (x * clamp(x + 3, 0, 6)) / 6, run: F.hardswish, edges: FAR },
  hardshrink: { ...bent, f: (x) => (Math.abs(x) > 0.5 ? x : 0), run: (x) => F.hardshrink(x), edges: [0.6, -0.4, 1e20] },
  softshrink: {
    ...bent,
    f: (x) => (Math.abs(x) > 0.5 ? x - 0.5 * Math.sign(x) : 0),
    run: (x) => F.softshrink(x),
    edges: [0.6, -0.4, 1e20],
  },
  threshold: { ...bent, f: (x) => (x > 0.2 ? x : -3), run: (x) => F.threshold(x, 0.2, -3) },
};

/** Gradients at the bends themselves, where PyTorch has settled for one side. */
const BENDS: readonly { name: string; at: number; slope: number; run: (x: Tensor) => Tensor }[] = [
  { name: 'relu', at: 0, slope: 0, run: F.relu },
  { name: 'leakyRelu', at: 0, slope: 0.01, run: (x) => F.leakyRelu(x) },
  { name: 'elu', at: 0, slope: 0.7, run: (x) => F.elu(x, 0.7) },
  { name: 'hardtanh', at: 1, slope: 0, run: (x) => F.hardtanh(x) },
  { name: 'relu6', at: 0, slope: 0, run: F.relu6 },
  { name: 'hardsigmoid', at: 3, slope: 0, run: F.hardsigmoid },
  { name: 'hardswish', at: -3, slope: -0.5, run: F.hardswish },
  { name: 'hardswish', at: 3, slope: 1.5, run: F.hardswish },
  { name: 'softshrink', at: 0.5, slope: 0, run: (x) => F.softshrink(x) },
  { name: 'abs', at: 0, slope: 0, run: (x) => x.abs() },
];
const bends = BENDS.flatMap(({ name, at, slope, run }) =>
  golden<object>({
    op: name,
    run: () => (x) => run(x.mul(0).add(at).add(x)).sub(run(x.detach().mul(0).add(at))),
    // Where x is 0, the output is 0 and its slope is the one that PyTorch has.
    reference: () => (x) => x.map((value) => slope * value),
    tolerance: 1e-6,
    why: EXACT,
    rows: [{ inputs: [values([0], 5)], attrs: {}, label: `at its bend, ${at}` }],
  }),
);

const preluCases = golden<object>({
  op: 'prelu',
  run: () => (x, weight) => F.prelu(x, weight),
  reference: () => (x, weight) =>
    Nd.of(x.shape, (index) => {
      const value = x.get(index);
      return value > 0 ? value : value * (weight.data[weight.size === 1 ? 0 : (index[1] ?? 0)] ?? 0);
    }),
  tolerance: 5e-6,
  why: 'one rounding; the gradient of the weight sums',
  rows: [
    { inputs: [awayFromZero(7, 5), normal(1)], attrs: {} },
    { inputs: [awayFromZero(3, 5), normal(5)], attrs: {} },
    { inputs: [awayFromZero(3, 5, 2, 4), normal(5)], attrs: {} },
    { inputs: [awayFromZero(9), normal()], attrs: {} },
  ],
});

const gluCases = golden<{ axis: number }>({
  op: 'glu',
  run:
    ({ axis }) =>
    (x) =>
      F.glu(x, axis),
  reference:
    ({ axis }) =>
    (x) => {
      const at = axis < 0 ? axis + x.shape.length : axis;
      const half = (x.shape[at] ?? 0) / 2;
      return Nd.of(x.shape.with(at, half), (index) => {
        const gate = index.map((place, each) => (each === at ? place + half : place));
        return x.get(index) * sigmoid(x.get(gate));
      });
    },
  tolerance: 5e-6,
  why: EXP,
  rows: [
    { inputs: [normal(7, 10)], attrs: { axis: -1 } },
    { inputs: [normal(6, 3, 2)], attrs: { axis: 0 } },
    { inputs: [normal(2, 4, 3)], attrs: { axis: 1 } },
  ],
});

const softminCases = golden<object>({
  op: 'softmin',
  run: () => (x) => F.softmin(x),
  reference: () => (x) => {
    const exps = x.map((value) => Math.exp(-value));
    const totals = Nd.of([x.shape[0] ?? 0, 1], ([row = 0]) =>
      Array.from({ length: x.shape[1] ?? 0 }, (_, col) => exps.at(row, col)).reduce((a, b) => a + b, 0),
    );
    return zip((e, total) => e / total, exps, totals);
  },
  tolerance: 5e-6,
  why: EXP,
  rows: [{ inputs: [uniform(-3, 3, 7, 5)], attrs: {} }],
});

export const activationCases: Case[] = [...unaryCases(TABLE), ...bends, ...preluCases, ...gluCases, ...softminCases];
