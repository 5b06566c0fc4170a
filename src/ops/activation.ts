/**
 * Activations, element by element. Names, defaults and gradients at the bends are PyTorch's; NaN stays NaN.
 */
import type { Tensor } from '../graph/tensor.ts';
import { show } from '../graph/value.ts';
import { gt, mul, where } from './arithmetic.ts';
import { defineFormula, defineUnary, type Unary } from './define-formula.ts';
import { normalizeAxis } from './shapes.ts';
import { softmax } from './softmax.ts';
import { reshape, slice } from './views.ts';

/** max(x, 0). Gradient 0 at 0. */
export const relu: Unary = defineUnary('relu', 'relu(x)', 'select(0.0, dy, (y > 0.0) | is_nan(y))');

/** 1 / (1 + e^-x) */
export const sigmoid: Unary = defineUnary('sigmoid', 'sigmoid(x)', 'y * (1.0 - y)');

/** Hyperbolic tangent, accurate near 0 and finite everywhere. */
export const tanh: Unary = defineUnary('tanh', 'tanh_stable(x)', '1.0 - y * y');

/** x * sigmoid(x), also called swish */
export const silu: Unary = defineUnary('silu', 'x * sigmoid(x)', 'silu_slope(x)');

/** x * tanh(log(1 + e^x)); Misra 2019, arXiv:1908.08681 */
export const mish: Unary = defineUnary(
  'mish',
  'x * mish_gate(x)',
  'mish_gate(x) + x * (1.0 - mish_gate(x) * mish_gate(x)) * sigmoid(x)',
);

/** x / (1 + |x|) */
export const softsign: Unary = defineUnary('softsign', 'x / (1.0 + abs(x))', '1.0 / ((1.0 + abs(x)) * (1.0 + abs(x)))');

/** log(sigmoid(x)) */
export const logSigmoid: Unary = defineUnary('log_sigmoid', 'min(x, 0.0) - log1p(exp_exact(-abs(x)))', 'sigmoid(-x)');

/** x - tanh(x) */
export const tanhshrink: Unary = defineUnary('tanhshrink', 'x - tanh_stable(x)', 'tanh_stable(x) * tanh_stable(x)');

/** 0 below -3, 1 above 3, and a line between them */
export const hardsigmoid: Unary = defineUnary(
  'hardsigmoid',
  'select(clamp(x + 3.0, 0.0, 6.0) / 6.0, x, is_nan(x))',
  'select(0.0, 0.16666667, abs(x) < 3.0)',
);

/** x * hardsigmoid(x) */
export const hardswish: Unary = defineUnary(
  'hardswish',
  'x * clamp(x + 3.0, 0.0, 6.0) / 6.0',
  'select(select(x / 3.0 + 0.5, 1.0, x > 3.0), 0.0, x < -3.0)',
);

const geluExact = defineUnary('gelu', 'x * normal_cdf(x)', 'normal_cdf(x) + x * normal_density(x)');
const geluTanh = defineUnary('gelu_tanh', 'gelu_tanh(x)', 'gelu_tanh_slope(x)');

/** x times the chance that a standard normal number is below x, or its approximation by tanh; arXiv:1606.08415 */
export function gelu(x: Tensor, options: { approximate?: 'none' | 'tanh' } = {}): Tensor {
  const { approximate = 'none' } = options;
  if (approximate !== 'none' && approximate !== 'tanh')
    throw new Error(`gelu: approximate must be 'none' or 'tanh', got ${String(approximate)}.`);
  return (approximate === 'tanh' ? geluTanh : geluExact)(x);
}

const leakyReluOp = defineFormula('leaky_relu', ['x'], 'select(x * slope, x, x > 0.0)', [
  'select(slope, 1.0, x > 0.0)',
]);

/** x, times negativeSlope below 0 */
export function leakyRelu(x: Tensor, negativeSlope = 0.01): Tensor {
  return leakyReluOp([x], { slope: negativeSlope });
}

/** scale * x above 0, scale * alpha * (e^(rate x) - 1) below */
const eluOp = defineFormula('elu', ['x'], 'scale * select(alpha * expm1(x * rate), x, x > 0.0)', [
  'scale * select(alpha * rate * exp_exact(x * rate), 1.0, x > 0.0)',
]);

/** x above 0, alpha * (e^x - 1) below; arXiv:1511.07289 */
export function elu(x: Tensor, alpha = 1): Tensor {
  return eluOp([x], { alpha, scale: 1, rate: 1 });
}

/** ELU with the constants that keep mean 0 and variance 1; arXiv:1706.02515 */
export function selu(x: Tensor): Tensor {
  return eluOp([x], { alpha: 1.6732632423543772, scale: 1.0507009873554805, rate: 1 });
}

/** ELU with a slope of 1 at 0 for every alpha: alpha * (e^(x / alpha) - 1) below 0 */
export function celu(x: Tensor, alpha = 1): Tensor {
  if (alpha === 0) throw new Error('celu: alpha must not be 0, for x is divided by it.');
  return eluOp([x], { alpha, scale: 1, rate: 1 / alpha });
}

const softplusOp = defineFormula('softplus', ['x'], 'select(softplus(x * beta) / beta, x, x * beta > threshold)', [
  'select(sigmoid(x * beta), 1.0, x * beta > threshold)',
]);

/** log(1 + e^(beta x)) / beta, and x itself where beta * x is above the threshold */
export function softplus(x: Tensor, options: { beta?: number; threshold?: number } = {}): Tensor {
  const { beta = 1, threshold = 20 } = options;
  return softplusOp([x], { beta, threshold });
}

const hardtanhOp = defineFormula('hardtanh', ['x'], 'select(select(x, low, x < low), high, x > high)', [
  'select(0.0, 1.0, (x > low) & (x < high))',
]);

/** x, but at least minVal and at most maxVal. Gradient 0 at the bounds. */
export function hardtanh(x: Tensor, minVal = -1, maxVal = 1): Tensor {
  if (!(minVal < maxVal)) throw new Error(`hardtanh: minVal ${minVal} must be below maxVal ${maxVal}. Exchange them.`);
  return hardtanhOp([x], { low: minVal, high: maxVal });
}

/** min(max(x, 0), 6) */
export function relu6(x: Tensor): Tensor {
  return hardtanh(x, 0, 6);
}

const hardshrinkOp = defineFormula('hardshrink', ['x'], 'select(x, 0.0, abs(x) <= lambda)', [
  'select(1.0, 0.0, abs(x) <= lambda)',
]);

/** 0 where |x| <= lambda, x elsewhere */
export function hardshrink(x: Tensor, lambda = 0.5): Tensor {
  return hardshrinkOp([x], { lambda });
}

const softshrinkOp = defineFormula('softshrink', ['x'], 'select(x - sign(x) * lambda, 0.0, abs(x) <= lambda)', [
  'select(1.0, 0.0, abs(x) <= lambda)',
]);

/** x drawn towards 0 by lambda */
export function softshrink(x: Tensor, lambda = 0.5): Tensor {
  if (!(lambda >= 0)) throw new Error(`softshrink: lambda must be at least 0, got ${lambda}.`);
  return softshrinkOp([x], { lambda });
}

const thresholdOp = defineFormula('threshold', ['x'], 'select(x, value, x <= limit)', ['select(1.0, 0.0, x <= limit)']);

/** x where it is above the limit, `value` elsewhere */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  return thresholdOp([x], { limit, value });
}

/** softmax(-x) along the axis */
export function softmin(x: Tensor, axis = -1): Tensor {
  return softmax(mul(x, -1), axis);
}

/**
 * x, times weight below 0.
 *
 * @param weight one number, or one for each channel: element c for x[:, c]
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  const channels = x.ndim < 2 ? 1 : x.shape[1]!;
  const { numel } = weight;
  if (weight.ndim > 1 || (numel !== 1 && numel !== channels))
    throw new Error(
      `prelu: weight is ${show(weight.shape)} and x is ${show(x.shape)}. Give one number, or one for each of ${channels} channels.`,
    );
  const each = reshape(weight, numel === 1 ? [] : [numel, ...x.shape.slice(2).map(() => 1)]);
  return where(gt(x, 0), x, mul(x, each));
}

/** The first half of x along the axis, times the sigmoid of the second. */
export function glu(x: Tensor, axis = -1): Tensor {
  const at = normalizeAxis('glu', axis, x.shape);
  const half = x.shape[at]! / 2;
  if (!Number.isInteger(half))
    throw new Error(`glu: axis ${axis} of ${show(x.shape)} has ${x.shape[at]} elements, which do not halve.`);
  return mul(slice(x, at, 0, half), sigmoid(slice(x, at, half)));
}
