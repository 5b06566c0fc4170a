/** Signs, whole parts, remainders; the greater and the lesser; clamp. */
import { clamp, floorDivide, fmod, maximum, minimum, remainder } from '../../src/index.ts';
import { zip } from './nd.ts';
import { awayFromZero, distinct, golden, integers, normal, uniform, values, type Case } from './row.ts';
import { between, EXACT, unaryCases, type UnarySpec } from './unary.ts';

function halfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const HALVES = [0.5, 1.5, 2.5, -0.5, -1.5, 3, -4, 8388609, 1e30];
const exact = { tolerance: 1e-7, why: EXACT, bent: true, draw: between(-5, 5), edges: HALVES };
const TABLE: Readonly<Record<string, UnarySpec>> = {
  floor: { ...exact, f: Math.floor },
  ceil: { ...exact, f: Math.ceil },
  round: { ...exact, f: halfToEven },
  trunc: { ...exact, f: Math.trunc },
  frac: { ...exact, f: (x) => x - Math.trunc(x) },
  sign: { ...exact, f: Math.sign },
};

const WHOLE = ['floor', 'ceil', 'round', 'trunc', 'sign', 'abs', 'neg', 'square'] as const;
const ints = golden<{ method: (typeof WHOLE)[number] }>({
  op: 'int32',
  run:
    ({ method }) =>
    (x) =>
      x[method](),
  reference: ({ method }) => {
    const of = { sign: Math.sign, abs: Math.abs, neg: (x: number) => -x, square: (x: number) => x * x };
    return (x) => x.map(method in of ? of[method as keyof typeof of] : (each) => each);
  },
  tolerance: 0,
  why: 'int32 stays int32',
  rows: WHOLE.map((method) => ({ inputs: [integers(-40_000, 40_000, 7, 5)], attrs: { method } })),
});

type Division = 'remainder' | 'fmod' | 'floorDivide';
const DIVISION: Readonly<Record<Division, (a: number, b: number) => number>> = {
  remainder: (a, b) => a - b * Math.floor(a / b),
  fmod: (a, b) => a % b,
  floorDivide: (a, b) => Math.floor(a / b),
};
const called = { remainder, fmod, floorDivide };

const divisions = (Object.keys(DIVISION) as Division[]).flatMap((op) => [
  ...golden<object>({
    op,
    run: () => (a, b) => called[op](a, b),
    reference: () => (a, b) => zip(DIVISION[op], a, b),
    tolerance: 5e-6,
    why: 'one fused multiplication and subtraction; gradients of broadcast inputs sum',
    rows: [
      { inputs: [normal(7, 5), awayFromZero(7, 5)], attrs: {} },
      { inputs: [uniform(-50, 50, 3, 5), awayFromZero(5)], attrs: {} },
      {
        inputs: [values([6, -6, 7, -7, 0, 5.5, 1e6], 7, 4), values([3, -3, 0.5, 2], 7, 4)],
        attrs: {},
        label: 'edges',
        grad: false,
      },
    ],
  }),
  ...golden<object>({
    op,
    run: () => (a, b) => a[op](b),
    reference: () => (a, b) => zip(DIVISION[op], a, b),
    tolerance: 0,
    why: 'whole numbers are exact',
    rows: [
      { inputs: [integers(-2_000_000_000, 2_000_000_000, 33), integers(1, 5000, 33)], attrs: {}, label: 'int32' },
      { inputs: [integers(-9, 9, 33, 5), integers(-5, 0, 5)], attrs: {}, label: 'int32 below 0' },
    ],
  }),
]);

const extremum = { maximum: Math.max, minimum: Math.min };
const extrema = (['maximum', 'minimum'] as const).flatMap((op) =>
  golden<object>({
    op,
    run: () => (a, b) => (op === 'maximum' ? maximum : minimum)(a, b),
    reference: () => (a, b) => zip(extremum[op], a, b),
    tolerance: 2e-6,
    why: 'a choice is exact; gradients of broadcast inputs sum',
    rows: [
      { inputs: [normal(7, 5), normal(7, 5)], attrs: {} },
      { inputs: [normal(3, 1), normal(2, 1, 4)], attrs: {} },
      { inputs: [values([1, 2, 3], 9), values([1, 2, 3], 9)], attrs: {}, label: 'ties share the gradient' },
      { inputs: [values([1, Number.NaN, 3], 3), values([Number.NaN, 1, 2], 3)], attrs: {}, label: 'NaN', grad: false },
      { inputs: [integers(-9, 9, 7, 5), integers(-9, 9, 5)], attrs: {}, label: 'int32' },
    ],
  }),
);

interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}
const between1 = ({ min, max }: Bounds, x: number): number => Math.min(Math.max(x, min ?? -Infinity), max ?? Infinity);

const clamps = [
  ...golden<Bounds>({
    op: 'clamp',
    run:
      ({ min, max }) =>
      (x) =>
        x.clamp(min, max),
    reference: (bounds) => (x) => x.map((value) => between1(bounds, value)),
    tolerance: 1e-7,
    why: EXACT,
    rows: [
      { inputs: [distinct(7, 13)], attrs: { min: -1.03, max: 2.06 } },
      { inputs: [distinct(7, 13)], attrs: { min: null, max: 0.51 } },
      { inputs: [distinct(2, 1, 3, 1, 2, 3)], attrs: { min: 0.51, max: null } },
      { inputs: [distinct(7)], attrs: { min: 1, max: -1 }, label: 'crossed' },
      { inputs: [integers(-9, 9, 7, 5)], attrs: { min: -3, max: 4 }, label: 'int32' },
      { inputs: [integers(-9, 9, 7, 5)], attrs: { min: null, max: 4 }, label: 'int32 open' },
    ],
  }),
  ...golden<object>({
    op: 'clamp',
    run: () => (x, low, high) => clamp(x, low, high),
    reference: () => (x, low, high) => zip((a, b, c) => Math.min(Math.max(a, b), c), x, low, high),
    tolerance: 2e-6,
    why: 'a choice is exact; gradients of broadcast inputs sum',
    rows: [
      { inputs: [normal(7, 5), uniform(-1, -0.5, 5), uniform(0.5, 1, 7, 1)], attrs: {} },
      { inputs: [normal(7, 5), normal(7, 5), normal(7, 5)], attrs: {}, label: 'crossed in places' },
    ],
  }),
];

/** PyTorch's: the gradient passes at the bounds themselves. */
const atBounds = golden<object>({
  op: 'clamp',
  run: () => (x) => x.clamp(-1, 1),
  reference: () => (x) => x.map((value) => value),
  tolerance: 1e-7,
  why: 'differences are taken as if the bounds lay beyond',
  rows: [{ inputs: [values([-1, 1, 0], 3)], attrs: {}, label: 'at its bounds' }],
});

const mixed = golden<object>({
  op: 'lerp',
  run: () => (a, b, w) => a.lerp(b, w).addcmul(a, b, { value: 0.5 }).addcdiv(w, b, { value: -2 }),
  reference: () => (a, b, w) => zip((x, y, z) => x + z * (y - x) + 0.5 * x * y - (2 * z) / y, a, b, w),
  tolerance: 1e-5,
  why: 'a division and some roundings; gradients of broadcast inputs sum',
  rows: [{ inputs: [normal(7, 5), awayFromZero(7, 5), normal(5)], attrs: {}, label: 'with addcmul and addcdiv' }],
});

export const roundingCases: Case[] = [
  ...unaryCases(TABLE),
  ...ints,
  ...divisions,
  ...extrema,
  ...clamps,
  ...atBounds,
  ...mixed,
];
