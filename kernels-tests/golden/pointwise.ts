/** Elementwise ops: each alone, with broadcasting, at its edges, and in fused chains. */
import { where, type Tensor } from '../../src/index.ts';
import { zip } from './nd.ts';
import {
  awayFromZero,
  bools,
  golden,
  integers,
  normal,
  shapes,
  values,
  type Case,
  type Input,
  type Row,
} from './row.ts';
import { between, EXACT, EXP, unaryCases, type UnarySpec } from './unary.ts';

const positive = between(0.05, 9);

const UNARY: Readonly<Record<string, UnarySpec>> = {
  neg: { f: (x) => -x, edges: [0, 1e30, -1e-30], tolerance: 1e-7, why: EXACT },
  abs: { f: Math.abs, draw: awayFromZero, edges: [0, -1e30, -1e-30], tolerance: 1e-7, why: EXACT, bent: true },
  exp: { f: Math.exp, edges: [0, -100, 80, -1], tolerance: 2e-5, why: EXP },
  log: { f: Math.log, draw: positive, edges: [1, 1e-30, 1e30, 1.001], tolerance: 1e-6, why: 'its series near 1' },
  sqrt: { f: Math.sqrt, draw: positive, edges: [1, 1e-30, 1e30, 4], tolerance: 2e-6, why: 'inverseSqrt is 2 ULP' },
  square: { f: (x) => x * x, edges: [0, -1e15, 1e-15], tolerance: 1e-6, why: 'one rounding' },
  sigmoid: { f: (x) => 1 / (1 + Math.exp(-x)), edges: [0, -100, 100, 30, -30], tolerance: 2e-6, why: EXP },
  tanh: { f: Math.tanh, edges: [0, -100, 100, 44, 1e-4], tolerance: 1e-5, why: 'tanh is two exps' },
  relu: {
    f: (x) => Math.max(x, 0),
    draw: awayFromZero,
    edges: [0, -1e30, 1e30],
    tolerance: 1e-7,
    why: EXACT,
    bent: true,
  },
};

const unary = unaryCases(UNARY, [[], [1], [7, 13], [3, 64, 5]]);

const manyCases = golden<object>({
  op: 'square',
  run: () => (x) => x.square(),
  reference: () => (x) => x.map((value) => value * value),
  tolerance: 1e-6,
  why: 'one rounding',
  rows: [{ inputs: [normal(4_200_001)], attrs: {}, label: 'more workgroups than 65,535', samples: 4 }],
});

const powCases = golden<{ exponent: number }>({
  op: 'pow',
  run:
    ({ exponent }) =>
    (x) =>
      x.pow(exponent),
  reference:
    ({ exponent }) =>
    (x) =>
      x.map((value) => value ** exponent),
  tolerance: 2e-5,
  why: 'pow is exp2(y log2 x), whose error grows with |y log2 x|',
  rows: [
    ...[0.5, 1, 1.5, -1, -2.5, 0].map((exponent) => ({ inputs: [positive(5, 7)], attrs: { exponent } })),
    ...[2, 3, -1, -2].map((exponent) => ({ inputs: [awayFromZero(17)], attrs: { exponent }, label: 'negative base' })),
  ],
});

const powOfTwoCases = golden<object>({
  op: 'pow',
  run: () => (base, exponent) => base.pow(exponent),
  reference: () => (base, exponent) => zip((a, b) => a ** b, base, exponent),
  tolerance: 1e-4,
  why: 'as pow, of bases up to 9 and exponents up to 4',
  rows: [
    { inputs: [positive(5, 7), normal(5, 7)], attrs: {}, label: 'two tensors' },
    { inputs: [positive(3, 5, 7), normal(7)], attrs: {}, label: 'two tensors' },
    { inputs: [positive(1), normal(4, 1)], attrs: {}, label: 'two tensors' },
  ],
});

type Binary = 'add' | 'sub' | 'mul' | 'div';
const BINARY: Readonly<Record<Binary, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};
const binaryNames = Object.keys(BINARY) as Binary[];

function pairs(draw: (...shape: number[]) => Input, other = draw): Row<object>[] {
  return shapes(
    [draw(1), other(1)],
    [draw(5, 7), other(5, 7)],
    [draw(5, 7), other(7)],
    [draw(7), other(5, 7)],
    [draw(5, 1), other(1, 7)],
    [draw(2, 1, 3, 1), other(5, 1, 4)],
    [draw(), other(3, 2)],
    [draw(129, 65), other(129, 1)],
  );
}

const binaryCases = binaryNames.flatMap((op) =>
  golden<object>({
    op,
    run: () => (a, b) => a[op](b),
    reference: () => (a, b) => zip(BINARY[op], a, b),
    tolerance: 5e-6,
    why: 'one rounding, division 2.5 ULP; gradients of broadcast inputs sum up to 8,385 terms',
    rows: [
      ...pairs(op === 'div' ? awayFromZero : normal),
      ...(op === 'add' ? [{ inputs: [normal(70_001, 3), normal(3)], attrs: {}, label: 'a bias over many rows' }] : []),
    ].map((row) => ({ samples: 24, tolerance: row.inputs.length > 1 ? 2e-5 : 5e-6, ...row })),
  }),
);

const scalarCases = binaryNames.flatMap((op) =>
  golden<{ scalar: number }>({
    op,
    run:
      ({ scalar }) =>
      (x) =>
        x[op](scalar),
    reference:
      ({ scalar }) =>
      (x) =>
        x.map((value) => BINARY[op](value, scalar)),
    tolerance: 1e-6,
    why: 'one rounding, division 2.5 ULP',
    rows: [0.37, -2].map((scalar) => ({ inputs: [normal(7, 5)], attrs: { scalar } })),
  }),
);

/** Addition of a tensor to itself: both inputs of one op are one value. */
const selfCases = golden<object>({
  op: 'mul',
  run: () => (x) => x.mul(x).add(x),
  reference: () => (x) => x.map((value) => value * value + value),
  tolerance: 1e-6,
  why: 'two roundings',
  rows: [{ inputs: [normal(7, 5)], attrs: {}, label: 'by itself' }],
});

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
const COMPARISONS: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};
const comparisonNames = Object.keys(COMPARISONS) as Comparison[];

const comparisonCases = comparisonNames.flatMap((op) =>
  golden<object>({
    op,
    run: () => (a, b) => a[op](b),
    reference: () => (a, b) => zip((x, y) => Number(COMPARISONS[op](x, y)), a, b),
    tolerance: 0,
    why: 'a comparison is exact',
    grad: false,
    rows: shapes(
      [values([0, 1, 2, -0, 1], 7, 5), values([0, 2, 1], 7, 5)],
      [integers(-3, 3, 7, 5), integers(-3, 3, 5)],
      [normal(3, 1), normal(1, 4)],
    ),
  }),
);

const whereCases = golden<object>({
  op: 'where',
  run: () => (condition, a, b) => where(condition, a, b),
  reference: () => (condition, a, b) => zip((c, x, y) => (c ? x : y), condition, a, b),
  tolerance: 5e-6,
  why: 'a choice is exact; gradients of broadcast inputs sum',
  rows: shapes(
    [bools(7, 5), normal(7, 5), normal(7, 5)],
    [bools(5), normal(7, 1), normal(7, 5)],
    [bools(3, 1, 2), normal(4, 1), normal()],
  ),
});

const DTYPES = ['float32', 'int32', 'bool'] as const;
const castCases = golden<{ dtype: (typeof DTYPES)[number] }>({
  op: 'to',
  run:
    ({ dtype }) =>
    (x) =>
      x.to(dtype),
  reference:
    ({ dtype }) =>
    (x) =>
      x.map((value) => (dtype === 'bool' ? Number(value !== 0) : dtype === 'int32' ? Math.trunc(value) : value)),
  tolerance: 0,
  why: 'small values convert exactly',
  grad: false,
  rows: DTYPES.flatMap((dtype) => [
    { inputs: [values([0, 1.75, -1.75, 3, -0.5], 7, 5)], attrs: { dtype } },
    { inputs: [integers(-2, 3, 7, 5)], attrs: { dtype }, label: 'from int32' },
    { inputs: [bools(7, 5)], attrs: { dtype }, label: 'from bool' },
  ]),
});

/** A long chain over broadcast inputs, which fuses into one dispatch and whose gradient does too. */
const chain = (x: Tensor, scale: Tensor, shift: Tensor): Tensor =>
  x.mul(scale).add(shift).sigmoid().mul(x).sub(shift.exp()).tanh();

const chainCases = golden<object>({
  op: 'mul',
  run: () => chain,
  reference: () => (x, scale, shift) =>
    zip((a, b, c) => Math.tanh(a / (1 + Math.exp(-(a * b + c))) - Math.exp(c)), x, scale, shift),
  tolerance: 5e-5,
  why: 'three exps and a tanh, each a few ULP; gradients of broadcast inputs sum up to 1,000 terms',
  rows: [
    { inputs: [normal(9, 11), normal(11), normal(9, 1)], attrs: {}, label: 'in a chain' },
    { inputs: [normal(1000, 3), normal(3), normal()], attrs: {}, label: 'in a chain', samples: 16 },
  ],
});

export const pointwiseCases: Case[] = [
  ...unary,
  ...manyCases,
  ...powCases,
  ...powOfTwoCases,
  ...binaryCases,
  ...scalarCases,
  ...selfCases,
  ...comparisonCases,
  ...whereCases,
  ...castCases,
  ...chainCases,
];
