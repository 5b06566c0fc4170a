/**
 * Products of vectors and matrices under their own names, and distances between vectors.
 */
import type { Tensor } from '../graph/tensor.ts';
import { show } from '../graph/value.ts';
import { add, div, mul, sub, type Operand } from './arithmetic.ts';
import { maximum } from './extrema.ts';
import { matmul } from './matmul.ts';
import { sum } from './reduce.ts';
import { norm } from './statistics.ts';
import { unsqueeze } from './views.ts';

/** A product that asks for given numbers of axes and equal inner sizes; `batched` for an equal first axis too. */
function product(name: string, ndims: readonly [number, number], batched = false): (a: Tensor, b: Tensor) => Tensor {
  return (a, b) => {
    const inner = b.shape[Math.max(0, b.ndim - 2)];
    const fits = a.ndim === ndims[0] && b.ndim === ndims[1] && a.shape.at(-1) === inner;
    if (!fits || (batched && a.shape[0] !== b.shape[0]))
      throw new Error(
        `${name}: needs ${ndims[0]} and ${ndims[1]} axes${batched ? ', equal first axes' : ''} and equal inner sizes, ` +
          `got ${show(a.shape)} and ${show(b.shape)}. Or use matmul(), which broadcasts.`,
      );
    return matmul(a, b);
  };
}

/** [k] . [k] -> a scalar */
export const dot: (a: Tensor, b: Tensor) => Tensor = product('dot', [1, 1]);
/** [m, k] @ [k] -> [m] */
export const mv: (a: Tensor, b: Tensor) => Tensor = product('mv', [2, 1]);
/** [m, k] @ [k, n] -> [m, n] */
export const mm: (a: Tensor, b: Tensor) => Tensor = product('mm', [2, 2]);
/** [b, m, k] @ [b, k, n] -> [b, m, n] */
export const bmm: (a: Tensor, b: Tensor) => Tensor = product('bmm', [3, 3], true);

/** [m] and [n] -> [m, n], each with each. */
export function outer(a: Tensor, b: Tensor): Tensor {
  if (a.ndim !== 1 || b.ndim !== 1)
    throw new Error(`outer: needs vectors, got ${show(a.shape)} and ${show(b.shape)}. Flatten them.`);
  return mul(unsqueeze(a, 1), b);
}

interface Factors {
  beta?: number;
  alpha?: number;
}

const scaled = (x: Tensor, factor = 1): Tensor => (factor === 1 ? x : mul(x, factor));

/** beta * input + alpha * (a @ b), of matrices. */
export function addmm(input: Operand, a: Tensor, b: Tensor, options: Factors = {}): Tensor {
  const { beta = 1, alpha } = options;
  return add(scaled(mm(a, b), alpha), beta === 1 ? input : mul(input, beta));
}

/** beta * input + alpha * (a @ b), of batches of matrices. */
export function baddbmm(input: Operand, a: Tensor, b: Tensor, options: Factors = {}): Tensor {
  const { beta = 1, alpha } = options;
  return add(scaled(bmm(a, b), alpha), beta === 1 ? input : mul(input, beta));
}

/** a . b / max(|a| |b|, eps) along the axis, with broadcasting. */
export function cosineSimilarity(a: Tensor, b: Tensor, options: { axis?: number; eps?: number } = {}): Tensor {
  const { axis = 1, eps = 1e-8 } = options;
  const unit = (x: Tensor): Tensor => div(x, maximum(norm(x, 2, axis, { keepdim: true }), eps));
  return sum(mul(unit(a), unit(b)), axis);
}

/** The p-norm of a - b + eps along the last axis, with broadcasting. */
export function pairwiseDistance(
  a: Tensor,
  b: Tensor,
  options: { p?: number; eps?: number; keepdim?: boolean } = {},
): Tensor {
  const { p = 2, eps = 1e-6, keepdim = false } = options;
  return norm(add(sub(a, b), eps), p, -1, { keepdim });
}

/**
 * The p-norm of every difference: [..., m, d] and [..., n, d] -> [..., m, n]. Taken from the differences themselves, not
 * from a product, so that near points keep their distance.
 */
export function cdist(a: Tensor, b: Tensor, p = 2): Tensor {
  if (a.ndim < 2 || b.ndim < 2 || a.shape.at(-1) !== b.shape.at(-1))
    throw new Error(`cdist: needs [..., m, d] and [..., n, d], got ${show(a.shape)} and ${show(b.shape)}.`);
  return norm(sub(unsqueeze(a, -2), unsqueeze(b, -3)), p, -1);
}
