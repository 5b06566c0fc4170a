/**
 * Masks of attention: which query may attend to which key, or what is added to their score.
 */
import type { Tensor } from '../graph/tensor.ts';
import { numel, show, type Shape } from '../graph/value.ts';
import { add, where } from './arithmetic.ts';
import { logicalOr } from './logic.ts';
import { expand, reshape } from './views.ts';

/** The score of what is masked, and an additive mask from which on it counts as that. */
export const LOWEST = -3.4028234e38;
export const MASKED = -1e38;

export interface Mask {
  /** True attends, or true does not, or float32 is added to the scores. */
  readonly kind: 'attend' | 'ignore' | 'add';
  /** [batch or 1, heads or 1, queries or 1, keys or 1] */
  readonly values: Tensor;
}

/**
 * The mask for scores of the given shape, with four axes.
 *
 * @param kind what true means
 * @throws Error for a mask of another dtype, or that does not broadcast to the scores
 */
export function checkMask(name: string, mask: Tensor, scores: Shape, kind: 'attend' | 'ignore'): Mask {
  const missing = scores.length - mask.ndim;
  const fits = missing >= 0 && mask.shape.every((size, axis) => size === 1 || size === scores[missing + axis]);
  if (mask.dtype === 'int32' || !fits)
    throw new Error(
      `${name}: the mask is ${mask.dtype} ${show(mask.shape)}; it must be bool or float32 and of a shape that broadcasts to ${show(scores)}. Of 0 and 1, pass mask.ne(0).`,
    );
  const shape = [...scores.slice(0, missing).map(() => 1), ...mask.shape];
  const batch = scores.slice(0, -3);
  const whole = shape.slice(0, -3).every((size) => size === 1)
    ? [1, ...shape.slice(-3)]
    : [numel(batch), ...shape.slice(-3)];
  const full = whole[0] === 1 ? mask : expand(mask, [...batch, ...shape.slice(-3)]);
  const ones = Array.from({ length: Math.max(0, 4 - whole.length) }, () => 1);
  return { kind: mask.dtype === 'bool' ? kind : 'add', values: reshape(full, [...ones, ...whole]) };
}

/** What both masks forbid together. */
export function joinMasks(a: Mask | null, b: Mask | null): Mask | null {
  if (!a || !b) return a ?? b;
  if (a.kind === 'ignore' && b.kind === 'ignore') return { kind: 'ignore', values: logicalOr(a.values, b.values) };
  return { kind: 'add', values: add(added(a), added(b)) };
}

/** As numbers to add, of which the sum of two is still finite. */
function added({ kind, values }: Mask): Tensor {
  if (kind === 'add') return values;
  return kind === 'attend' ? where(values, 0, LOWEST / 2) : where(values, LOWEST / 2, 0);
}
