/**
 * Dropout of whole channels, where neighbours in an image say nearly the same. Tompson et al. 2015.
 */
import type { Tensor } from '../graph/tensor.ts';
import { show } from '../graph/value.ts';
import { mul } from './arithmetic.ts';
import { ones } from './create.ts';
import { checkProbability, dropout } from './random.ts';

/**
 * Sets channels of x [batch, channels, ...] to 0 with probability p and scales the others by 1 / (1 - p), as torch's
 * F.dropout2d; returns x where not training.
 */
export function dropout2d(x: Tensor, options: { p?: number; training?: boolean } = {}): Tensor {
  const { p = 0.5, training = true } = options;
  checkProbability('dropout2d', p);
  if (x.ndim < 3) throw new Error(`dropout2d: x is ${show(x.shape)}; it must be [batch, channels, ...]. Use dropout.`);
  if (!training || p === 0) return x;
  return mul(x, dropout(ones([...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)]), { p }));
}
