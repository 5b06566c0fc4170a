/** Logic, tests for what is no number, and comparisons with it. */
import type { Tensor } from '../../src/index.ts';
import { zip } from './nd.ts';
import { bools, golden, integers, values, type Case } from './row.ts';

const ODD = [0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 3e38, 1e-30];
const exact = { tolerance: 0, why: 'logic is exact', grad: false } as const;

const BINARY: Readonly<Record<'logicalAnd' | 'logicalOr' | 'logicalXor', (a: boolean, b: boolean) => boolean>> = {
  logicalAnd: (a, b) => a && b,
  logicalOr: (a, b) => a || b,
  logicalXor: (a, b) => a !== b,
};
/** NaN is true, as it is not 0. */
const truth = (x: number): boolean => x !== 0;

const binary = (Object.keys(BINARY) as (keyof typeof BINARY)[]).flatMap((op) =>
  golden<object>({
    ...exact,
    op,
    run: () => (a, b) => a[op](b),
    reference: () => (a, b) => zip((x, y) => Number(BINARY[op](truth(x), truth(y))), a, b),
    rows: [
      { inputs: [bools(7, 5), bools(7, 5)], attrs: {} },
      { inputs: [values(ODD, 9, 1), integers(-1, 2, 4)], attrs: {}, label: 'of numbers' },
    ],
  }),
);

type Test = 'logicalNot' | 'isNan' | 'isInf' | 'isFinite';
const TESTS: Readonly<Record<Test, (x: number) => boolean>> = {
  logicalNot: (x) => x === 0,
  isNan: Number.isNaN,
  isInf: (x) => Math.abs(x) === Infinity,
  isFinite: Number.isFinite,
};

const tests = (Object.keys(TESTS) as Test[]).flatMap((op) =>
  golden<object>({
    ...exact,
    op,
    run: () => (x) => x[op](),
    reference: () => (x) => x.map((value) => Number(TESTS[op](value))),
    rows: [
      { inputs: [values(ODD, 3, 9)], attrs: {} },
      { inputs: [integers(-1, 2, 7)], attrs: {}, label: 'int32' },
      { inputs: [bools(7)], attrs: {}, label: 'bool' },
    ],
  }),
);

/** What the tests see in values that a kernel computes, where a compiler knows more than of a buffer. */
const computed = golden<object>({
  ...exact,
  op: 'isNan',
  run: () => (x) => x.div(x).isNan().to('int32').add(x.log().isInf().to('int32').mul(2)),
  reference: () => (x) =>
    x.map((value) => Number(Number.isNaN(value / value)) + (Math.abs(Math.log(value)) === Infinity ? 2 : 0)),
  rows: [{ inputs: [values(ODD, 3, 9)], attrs: {}, label: 'in a chain' }],
});

const COMPARISONS = {
  eq: (a: number, b: number) => a === b,
  ne: (a: number, b: number) => a !== b,
  lt: (a: number, b: number) => a < b,
  le: (a: number, b: number) => a <= b,
  gt: (a: number, b: number) => a > b,
  ge: (a: number, b: number) => a >= b,
};
const comparisons = (Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[]).flatMap((op) =>
  golden<object>({
    ...exact,
    op,
    run: () => (a, b) => a[op](b),
    reference: () => (a, b) => zip((x, y) => Number(COMPARISONS[op](x, y)), a, b),
    rows: [{ inputs: [values(ODD, 9, 1), values(ODD, 9)], attrs: {}, label: 'with NaN and infinity' }],
  }),
);

const LARGEST = 3.4028234663852886e38;
const nanToNum = golden<{ nan?: number; posinf?: number; neginf?: number }>({
  op: 'nanToNum',
  run: (options) => (x: Tensor) => x.nanToNum(options),
  reference:
    ({ nan = 0, posinf = LARGEST, neginf = -LARGEST }) =>
    (x) =>
      x.map((value) => (Number.isNaN(value) ? nan : Number.isFinite(value) ? value : value > 0 ? posinf : neginf)),
  tolerance: 1e-7,
  why: 'a choice is exact',
  rows: [
    { inputs: [values(ODD, 3, 9)], attrs: {}, grad: false },
    { inputs: [values(ODD, 3, 9)], attrs: { nan: 7, posinf: 8, neginf: -9 }, grad: false },
    { inputs: [values([1, -2, 0.5], 7, 3)], attrs: {}, label: 'of numbers' },
  ],
});

export const logicCases: Case[] = [...binary, ...tests, ...computed, ...comparisons, ...nanToNum];
