/**
 * Trigonometric and hyperbolic functions, in radians.
 *
 * sin, cos and tan are accurate to some 1e-7 for |x| up to 12,000; beyond that their error grows as |x|, to 1e-6 at
 * 100,000.
 */
import type { Tensor } from '../graph/tensor.ts';
import { meet, type Operand } from './arithmetic.ts';
import { defineFormula, defineUnary, type Unary } from './define-formula.ts';

export const sin: Unary = defineUnary('sin', 'sine(x, 0)', 'sine(x, 1)');

export const cos: Unary = defineUnary('cos', 'sine(x, 1)', '-sine(x, 0)');

export const tan: Unary = defineUnary('tan', 'tangent(x)', '1.0 + y * y');

/** NaN outside [-1, 1] */
export const asin: Unary = defineUnary('asin', 'arcsine(x)', '1.0 / sqrt_exact(1.0 - x * x)');

/** NaN outside [-1, 1] */
export const acos: Unary = defineUnary('acos', 'arccosine(x)', '-1.0 / sqrt_exact(1.0 - x * x)');

export const atan: Unary = defineUnary('atan', 'arctangent(x)', '1.0 / (1.0 + x * x)');

export const sinh: Unary = defineUnary('sinh', 'hyperbolic_sine(x)', 'hyperbolic_cosine(x)');

export const cosh: Unary = defineUnary('cosh', 'hyperbolic_cosine(x)', 'hyperbolic_sine(x)');

export const asinh: Unary = defineUnary('asinh', 'inverse_sinh(x)', '1.0 / hypotenuse(x, 1.0)');

/** NaN below 1 */
export const acosh: Unary = defineUnary('acosh', 'inverse_cosh(x)', '1.0 / (sqrt_exact(x - 1.0) * sqrt(x + 1.0))');

/** NaN outside [-1, 1] */
export const atanh: Unary = defineUnary('atanh', 'inverse_tanh(x)', '1.0 / (1.0 - x * x)');

const atan2Op = defineFormula('atan2', ['a', 'b'], 'arctangent2(a, b)', [
  'b / (a * a + b * b)',
  '-a / (a * a + b * b)',
]);

/** The angle of the point (x, y), from -pi to pi. */
export function atan2(y: Operand, x: Operand): Tensor {
  return atan2Op(meet(y, x, 'float32'));
}

const hypotOp = defineFormula('hypot', ['a', 'b'], 'hypotenuse(a, b)', ['a / y', 'b / y']);

/** sqrt(a^2 + b^2), without overflow on the way */
export function hypot(a: Operand, b: Operand): Tensor {
  return hypotOp(meet(a, b, 'float32'));
}
