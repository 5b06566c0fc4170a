/**
 * Reductions that are composed of others: spread, norms, log-sum-exp, truth and counts.
 */
import { noGrad } from '../graph/engine.ts';
import type { Tensor } from '../graph/tensor.ts';
import { abs, add, div, eq, exp, gt, log, ne, pow, sqrt, square, sub, where } from './arithmetic.ts';
import { to } from './copy.ts';
import { countOf, max, mean, min, reduceRuns, sum, sumOp, type Axes, type ReduceOptions } from './reduce.ts';
import { reshape } from './views.ts';

interface SpreadOptions extends ReduceOptions {
  /** What the count is lessened by: 1 for a sample, 0 for a whole population. */
  correction?: number;
}

/** Variance and mean over the axes, or over all, in two passes. NaN where no more than `correction` elements are. */
export function varMean(x: Tensor, axes?: Axes, options: SpreadOptions = {}): [Tensor, Tensor] {
  const count = countOf('var', x, axes);
  const float = to(x, 'float32');
  // Deviations sum to zero, so no gradient flows through this mean.
  const middle = noGrad(() => mean(float, axes, { keepdim: true }));
  const scale = 1 / Math.max(0, count - (options.correction ?? 1));
  const variance = reduceRuns(sumOp, 'var', square(sub(float, middle)), axes, options, scale);
  return [variance, mean(float, axes, options)];
}

/** Variance over the axes, or over all: sum((x - mean)^2) / (count - correction). */
export function variance(x: Tensor, axes?: Axes, options: SpreadOptions = {}): Tensor {
  return varMean(x, axes, options)[0];
}

/** Standard deviation over the axes, or over all. */
export function std(x: Tensor, axes?: Axes, options: SpreadOptions = {}): Tensor {
  return sqrt(variance(x, axes, options));
}

/** The greatest finite number; infinities lie beyond it. */
const GREATEST = 3.4028234663852886e38;

/** log(sum(exp(x))) over the axes, or over all, without overflow. */
export function logsumexp(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const float = to(x, 'float32');
  const shift = noGrad(() => {
    const most = max(float, axes, { keepdim: true });
    return where(gt(abs(most), GREATEST), 0, most);
  });
  const total = log(sum(exp(sub(float, shift)), axes, options));
  return add(total, reshape(shift, total.shape));
}

/**
 * The p-norm over the axes, or over all: (sum |x|^p)^(1/p); the greatest or least |x| for p = Infinity or -Infinity, the
 * count of nonzeros for p = 0. The gradient at a norm of 0 is 0.
 */
export function norm(x: Tensor, p = 2, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const float = to(x, 'float32');
  if (p === 0) return to(countNonzero(float, axes, options), 'float32');
  if (Number.isNaN(p)) throw new Error(`norm: p must be a number, got ${p}.`);
  const size = abs(float);
  if (p === Infinity) return max(size, axes, options);
  if (p === -Infinity) return min(size, axes, options);
  if (p === 1) return sum(size, axes, options);
  const total = sum(p === 2 ? square(float) : pow(size, p), axes, options);
  const isZero = eq(total, 0);
  const base = where(isZero, 1, total);
  return where(isZero, 0, p === 2 ? sqrt(base) : pow(base, 1 / p));
}

/** x / max(norm, eps) along the axis. */
export function normalize(x: Tensor, options: { p?: number; axis?: number; eps?: number } = {}): Tensor {
  const { p = 2, axis = 1, eps = 1e-12 } = options;
  const length = norm(x, p, axis, { keepdim: true });
  return div(x, where(gt(length, eps), length, eps));
}

/** How many elements along the axes, or of all, are not 0: int32. */
export function countNonzero(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return sum(to(x, 'bool'), axes, options);
}

/** Whether any element along the axes, or of all, is not 0; false of nothing. */
export function any(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return ne(countNonzero(x, axes, options), 0);
}

/** Whether all elements along the axes, or of all, are not 0; true of nothing. */
export function all(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return eq(sum(eq(x, 0), axes, options), 0);
}
