/**
 * Signs, whole parts and remainders.
 *
 * Whole numbers stay int32, exactly. Their division by 0 gives what WGSL does: a remainder of 0, and a itself as the
 * quotient; PyTorch refuses it on the CPU.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { meet, type Operand } from './arithmetic.ts';
import { to } from './copy.ts';
import { defineFormula, defineUnary, type Unary } from './define-formula.ts';
import { definePointwise } from './define-pointwise.ts';

/** A function that leaves whole numbers as they are. */
function whole(name: string, value: string): Unary {
  const op = defineUnary(name, value, 0);
  return (x) => (x.dtype === 'float32' ? op(x) : x);
}

export const floor: Unary = whole('floor', 'floor(x)');

export const ceil: Unary = whole('ceil', 'ceil(x)');

/** To the nearest whole number; halves go to the even one. */
export const round: Unary = whole('round', 'round(x)');

/** Towards 0 */
export const trunc: Unary = whole('trunc', 'trunc(x)');

/** x - trunc(x), with the sign of x */
export const frac: Unary = defineUnary('frac', 'x - trunc(x)', '1.0');

const signFloat = defineUnary('sign', 'sign(x)', 0);

const signInt = definePointwise({
  name: 'sign_int',
  inputs: ['x'],
  dtype: () => 'int32',
  expression: ([x]) => `sign(${x})`,
});

/** -1, 0 or 1 */
export function sign(x: Tensor): Tensor {
  return x.dtype === 'float32' ? signFloat(x) : apply(signInt, [to(x, 'int32')], {});
}

type Binary = (a: Operand, b: Operand) => Tensor;

/** An op with one formula for float32 and another for int32. */
function division(
  name: string,
  float: string,
  int: (a: string, b: string) => string,
  derivatives: readonly (string | 0)[],
): Binary {
  const op = defineFormula(name, ['a', 'b'], float, derivatives);
  const intOp = definePointwise({
    name: `${name}_int`,
    inputs: ['a', 'b'],
    dtype: () => 'int32',
    expression: ([a, b]) => int(a!, b!),
  });
  return (a, b) => {
    const pair = meet(a, b, 'int32');
    return pair[0].dtype === 'float32' ? op(pair) : apply(intOp, pair, {});
  };
}

/** a - b * floor(a / b), with the sign of b: Python's %. Accurate to a rounding of a. */
export const remainder: Binary = division('remainder', 'remainder(a, b)', (a, b) => `remainder_int(${a}, ${b})`, [
  '1.0',
  '-floor_divide(a, b)',
]);

/** a - b * trunc(a / b), with the sign of a: JavaScript's %. Accurate to a rounding of a. */
export const fmod: Binary = division('fmod', 'fmod(a, b)', (a, b) => `(${a} % ${b})`, ['1.0', '-trunc(a / b)']);

/** floor(a / b) */
export const floorDivide: Binary = division(
  'floor_divide',
  'floor_divide(a, b)',
  (a, b) => `floor_divide_int(${a}, ${b})`,
  [0, 0],
);
