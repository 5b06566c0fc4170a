/** The form of extremes.json, and how a result is held to it. */

/** JSON has no NaN, infinity or -0: they are strings. */
export type Numbers = (number | string)[];

export interface Differentiated {
  name: string;
  y: Numbers;
  /** Of the sum of y, by each input. */
  gradients: Numbers[];
}

export interface Truths {
  name: string;
  /** A digit for each element. */
  y: string;
}

export interface Extremes {
  /** The input of the unary ops and of the tests. */
  points: Numbers[];
  /** The inputs of the binary ops and of the comparisons. */
  pairs: Numbers[];
  unary: Differentiated[];
  binary: Differentiated[];
  tests: Truths[];
  comparisons: Truths[];
}

export const decode = (numbers: Numbers): Float32Array<ArrayBuffer> => Float32Array.from(numbers, Number);

export const encode = (values: Iterable<number>): Numbers =>
  Array.from(values, (value) => (Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value)));

/** The smallest float32 of full precision. */
const NORMAL = 2 ** -126;

export type Verdict = 'same' | 'flushed' | 'sign of zero' | 'other';

/**
 * WGSL lets a GPU flush what is below NORMAL to 0, and lose the sign of a zero.
 *
 * @param tolerance relative to the value
 * @param slack a difference that is let pass besides, of what is a difference of larger numbers itself
 */
export function judge(got: number | string, wanted: number | string, tolerance: number, slack = 0): Verdict {
  const [x, y] = [Number(got), Number(wanted)];
  if (Object.is(x, y)) return 'same';
  if (x === 0 && y === 0) return 'sign of zero';
  if (Math.abs(x) < NORMAL && Math.abs(y) < NORMAL) return 'flushed';
  return Number.isFinite(y) && Math.abs(x - y) <= tolerance * Math.abs(y) + slack ? 'same' : 'other';
}

/** What differs from PyTorch, and why. Each op of an entry differs in each part at each point, or the test fails. */
export interface Exception {
  ops: string[];
  parts: string[];
  /** Inputs, as `place` writes them. */
  at: string[];
  reason: string;
  /** A GPU that keeps small numbers has no difference. */
  varies?: true;
}

/** Inputs as the exceptions name them: 1e+30, not the float32 nearest to it. */
export const place = (inputs: (number | string)[]): string =>
  inputs.map((x) => (typeof x === 'string' ? x : String(Number(x.toPrecision(7))))).join(', ');

const both = (...at: string[]): string[] => at.flatMap((x) => [x, `-${x}`]);
const FLUSHED = 'e^x is below the smallest number of full precision, which GPUs may take for 0';
const CANCELS =
  'PyTorch differentiates a composition, whose terms cancel or meet as inf - inf; here is the closed form';
const LOST_NAN = 'NaN stays NaN here, and its gradient passes; vector code of PyTorch 1.13 takes it for a small number';
const NO_DIGITS = 'with a quotient above 2^24, float32 division leaves no digit of the remainder; docs say so';

export const EXCEPTIONS: Exception[] = [
  {
    ops: ['sin', 'cos', 'tan'],
    parts: ['y', 'd0'],
    at: both('1e+30'),
    reason: 'an angle without digits: the range is reduced in float32, within [-1, 1] but of no meaning; docs say so',
  },
  {
    ops: ['sinh', 'cosh'],
    parts: ['y', 'd0'],
    at: both('89'),
    reason: 'e^89 / 2 = 2.2e38 is a float32; vector code of PyTorch 1.13 overflows on the way to it',
  },
  {
    ops: ['asinh'],
    parts: ['d0'],
    at: both('1e+30'),
    reason: '1 / x is right; x^2 overflows in PyTorch, which gives 0',
  },
  {
    ops: ['acosh'],
    parts: ['d0'],
    at: ['1e+30', '-1e+30', '-88', '-89', '-Infinity', '-1', '-20'],
    reason: '1 / x at 1e30, as for asinh; below 1, where there is no acosh, NaN and not what the formula gives',
  },
  {
    ops: ['F.elu', 'F.selu', 'F.celu'],
    parts: ['y'],
    at: ['-1e-30'],
    reason: 'e^x - 1 = x near 0 by expm1; PyTorch subtracts and gets 0',
  },
  {
    ops: ['F.gelu of tanh'],
    parts: ['d0'],
    at: both('1e+30'),
    reason: 'the slope is 1 or 0; x^3 overflows in PyTorch, which gives NaN',
  },
  { ops: ['F.silu'], parts: ['y', 'd0'], at: ['-88'], reason: FLUSHED, varies: true },
  { ops: ['F.mish'], parts: ['y'], at: ['-88', '-89'], reason: FLUSHED, varies: true },
  { ops: ['F.mish'], parts: ['d0'], at: ['-88'], reason: FLUSHED, varies: true },
  { ops: ['F.softsign'], parts: ['d0'], at: [...both('88', '89', 'Infinity'), '10000'], reason: CANCELS },
  { ops: ['F.hardshrink'], parts: ['d0'], at: ['NaN'], reason: LOST_NAN },
  { ops: ['F.softshrink'], parts: ['y', 'd0'], at: ['NaN'], reason: LOST_NAN },
  {
    ops: ['remainder', 'fmod'],
    parts: ['y'],
    at: [
      ...['1', '-1', '0.5', '-2', '3', '10000', '1e+30', '-1e+30'].map((a) => `${a}, 1e-30`),
      '1e+30, 10000',
      '-1e+30, 10000',
    ],
    reason: NO_DIGITS,
  },
  { ops: ['remainder'], parts: ['d1'], at: both('1e+30, 1e-30'), reason: NO_DIGITS },
  {
    ops: ['floorDivide'],
    parts: ['y'],
    at: both('1e+30, 1e-30'),
    reason: 'the quotient 1e60 is infinite; PyTorch takes a remainder of NaN first',
  },
];

/** Where zeros have the other sign, which WGSL lets implementations lose: parts by op. Each has one, or the test fails. */
export const SIGNS_OF_ZERO: Record<string, string[]> = {
  // The range reduction of -0 ends in 0.
  sin: ['y'],
  cos: ['d0'],
  tan: ['y'],
  // Of equal elements, one is taken.
  maximum: ['y'],
  minimum: ['y'],
  // PyTorch turns one of the zeros of relu's and elu's bend into the other, and gets 0 from 1 + erf(x) in gelu.
  'F.relu': ['y'],
  'F.elu': ['y'],
  'F.selu': ['y'],
  'F.celu': ['y'],
  'F.gelu': ['y'],
  // The gradient is placed in half of a tensor by a sum with zeros.
  'F.glu': ['d1'],
};
