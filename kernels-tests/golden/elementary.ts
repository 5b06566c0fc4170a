/** Powers, logarithms, the error function, sines and angles, hyperbolic functions. */
import { atan2, hypot } from '../../src/index.ts';
import { Nd, zip } from './nd.ts';
import { awayFromZero, golden, normal, uniform, values, type Case } from './row.ts';
import { between, EXP, FEW, unaryCases, type UnarySpec } from './unary.ts';

const positive = between(0.05, 9);
const inside = between(-0.95, 0.95);
const LOG = 'log by its series near 1, elsewhere within 3 ULP';

/** All terms of one sign: 2 / sqrt(pi) e^(-x^2) sum_n 2^n x^(2n+1) / (1 3 5 ... (2n+1)). */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = 0;
  for (let n = 0; n < 200; n++) {
    total += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const TABLE: Readonly<Record<string, UnarySpec>> = {
  reciprocal: { f: (x) => 1 / x, draw: awayFromZero, edges: [1, -3, 1e10, -1e-3], tolerance: 1e-6, why: 'division' },
  rsqrt: { f: (x) => 1 / Math.sqrt(x), draw: positive, edges: [1, 4, 1e30, 1e-4], tolerance: 2e-6, why: 'division' },
  exp2: { f: (x) => 2 ** x, edges: [0, 1, -3, 10, -130], tolerance: 5e-6, why: EXP },
  expm1: { f: Math.expm1, edges: [0, 1e-6, -1e-6, 0.5, -0.5, -100, 20], tolerance: 1e-5, why: EXP },
  log1p: { f: Math.log1p, draw: between(-0.9, 5), edges: [0, 1e-6, -1e-6, 0.5, 1e30], tolerance: 1e-6, why: LOG },
  log2: { f: Math.log2, draw: positive, edges: [1, 2, 1024, 1e-30, 1.001], tolerance: 1e-6, why: LOG },
  log10: { f: Math.log10, draw: positive, edges: [1, 10, 1000, 1e-30, 0.999], tolerance: 1e-6, why: LOG },
  erf: { f: erf, edges: [0, 1e-6, 0.92, -0.93, 3, -7], tolerance: 5e-7, why: FEW },
  erfc: { f: (x) => 1 - erf(x), edges: [0, 1e-6, 2, -3, 4], tolerance: 1e-6, why: FEW },
  sin: { f: Math.sin, edges: [0, 1.5, Math.PI, -100, 1e4, 12345.67], tolerance: 3e-7, why: FEW, bent: true },
  cos: { f: Math.cos, edges: [0, 1.5, Math.PI, -100, 1e4, 12345.67], tolerance: 3e-7, why: FEW, bent: true },
  tan: { f: Math.tan, draw: between(-1.3, 1.3), edges: [0, 1, -2, 3.1, 100], tolerance: 2e-6, why: 'sin by cos' },
  asin: { f: Math.asin, draw: inside, edges: [0, 0.5, -0.501, 0.99], tolerance: 2e-6, why: FEW },
  acos: { f: Math.acos, draw: inside, edges: [0, 0.5, -0.501, 0.99], tolerance: 2e-6, why: FEW },
  atan: { f: Math.atan, edges: [0, 0.4142, -1, 2.5, -1e10, 1e30], tolerance: 1e-6, why: FEW },
  sinh: { f: Math.sinh, edges: [0, 1e-5, 1, -5, 20], tolerance: 1e-5, why: EXP },
  cosh: { f: Math.cosh, edges: [0, 1e-5, 1, -5, 20], tolerance: 1e-5, why: EXP },
  asinh: { f: Math.asinh, edges: [0, 1e-5, -1e-5, 100, -1e12], tolerance: 1e-6, why: FEW },
  acosh: { f: Math.acosh, draw: between(1.05, 9), edges: [1.01, 2, 1e5, 1e12], tolerance: 1e-5, why: FEW },
  atanh: { f: Math.atanh, draw: inside, edges: [0, 1e-5, -0.5, 0.99], tolerance: 5e-6, why: FEW },
};

const ranges = golden<{ high: number }>({
  op: 'sin',
  run: () => (x) => x.sin().add(x.cos().mul(2)),
  reference: () => (x) => x.map((value) => Math.sin(value) + 2 * Math.cos(value)),
  tolerance: 2e-7,
  why: 'pi / 2 is taken off in three exact steps for |x| < 1.2e4, and the polynomials are good to an ULP',
  grad: false,
  rows: [10, 1e3, 1.2e4].map((high) => ({ inputs: [uniform(-high, high, 20_011)], attrs: { high } })),
});

const pairs = [
  [awayFromZero(5, 7), awayFromZero(5, 7)],
  [awayFromZero(5, 1), awayFromZero(3, 1, 7)],
] as const;

const angles = golden<object>({
  op: 'atan2',
  run: () => (y, x) => atan2(y, x),
  reference: () => (y, x) => zip(Math.atan2, y, x),
  tolerance: 2e-6,
  why: FEW,
  rows: [
    ...pairs.map((inputs) => ({ inputs, attrs: {} })),
    {
      inputs: [values([0, 1, -1, 0, 1e-30, 2], 6), values([1, -1, 0, -2, 1e30, 2], 6)],
      attrs: {},
      label: 'axes',
      grad: false,
    },
  ],
});

const lengths = golden<object>({
  op: 'hypot',
  run: () => (a, b) => hypot(a, b),
  reference: () => (a, b) => zip(Math.hypot, a, b),
  tolerance: 2e-6,
  why: FEW,
  rows: [
    ...pairs.map((inputs) => ({ inputs, attrs: {} })),
    { inputs: [values([0, 3e30, 1e-30, 3], 4), values([0, 4e30, 0, -4], 4)], attrs: {}, label: 'wide', grad: false },
  ],
});

const scalars = golden<object>({
  op: 'atan2',
  run: () => (x) => x.atan2(2).add(x.hypot(1)),
  reference: () => (x) =>
    new Nd(
      x.shape,
      x.data.map((value) => Math.atan2(value, 2) + Math.hypot(value, 1)),
    ),
  tolerance: 2e-6,
  why: FEW,
  rows: [{ inputs: [normal(2, 1, 3, 1, 2, 3)], attrs: {}, label: 'of numbers' }],
});

export const elementaryCases: Case[] = [...unaryCases(TABLE), ...ranges, ...angles, ...lengths, ...scalars];
