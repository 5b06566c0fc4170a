/**
 * Drawing positions by their weights.
 */
import type { Tensor } from '../graph/tensor.ts';
import { show } from '../graph/value.ts';
import { div, log, mul, neg, sub } from './arithmetic.ts';
import { to } from './copy.ts';
import { maximum } from './extrema.ts';
import { rand } from './random.ts';
import { cumsum } from './scan.ts';
import { searchsorted } from './scatter.ts';
import { detach, slice } from './views.ts';
import { topk } from './sort.ts';

/** Less than every -log(1 - u) but the one of u = 0. */
const LEAST = 3e-8;

/**
 * `count` positions of each line, each drawn with a probability in proportion to its weight: int32 [..., count]. The
 * numbers come from the generator of `rand`; a replayed step draws anew.
 *
 * @param weights [..., size], not negative, with a sum above 0; without replacement, as many above 0 as are drawn
 */
export function multinomial(weights: Tensor, count: number, options: { replacement?: boolean } = {}): Tensor {
  const { replacement = false } = options;
  const size = weights.shape.at(-1) ?? 0;
  if (weights.ndim === 0 || !Number.isInteger(count) || count < 1 || (!replacement && count > size) || size === 0)
    throw new Error(
      `multinomial: ${count} draws from ${show(weights.shape)}. Draw at least 1, and at most ${size} without { replacement: true }.`,
    );
  const float = detach(to(weights, 'float32'));
  if (replacement) {
    const running = cumsum(float, -1);
    const total = slice(running, -1, -1);
    return searchsorted(running, mul(rand([...weights.shape.slice(0, -1), count]), total), { right: true });
  }
  // The first of exponential clocks, whose rates are the weights, and the next ones (Efraimidis & Spirakis 2006).
  const clock = maximum(neg(log(sub(1, rand(weights.shape)))), LEAST);
  return topk(div(float, clock), count)[1];
}
