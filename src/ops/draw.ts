/**
 * Random tensors of the usual distributions, composed of `rand` and `randn` or drawn like them, and orders drawn on
 * the host.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import type { Shape } from '../graph/value.ts';
import { add, lt, mul, type Operand } from './arithmetic.ts';
import { to } from './copy.ts';
import { tensor } from './create.ts';
import { definePointwise } from './define-pointwise.ts';
import { hostDraw, nextDraw, nextKey, rand, randn } from './random.ts';
import { broadcastShapes, checkShape } from './shapes.ts';

/** Uniform on [0, 1), in the shape of x. */
export function randLike({ shape }: Tensor): Tensor {
  return rand(shape);
}

/** Standard normal, in the shape of x. */
export function randnLike({ shape }: Tensor): Tensor {
  return randn(shape);
}

/** Uniform on [low, high). */
export function uniform(low: number, high: number, shape: Shape): Tensor {
  if (!(low <= high)) throw new Error(`uniform: low ${low} must not be above high ${high}. Exchange them.`);
  return add(mul(rand(shape), high - low), low);
}

const shapeOf = (x: Operand): Shape => (typeof x === 'number' ? [] : x.shape);

/**
 * Normal with the given mean and standard deviation: numbers, or tensors that broadcast.
 *
 * @param shape that of mean and std together unless given
 */
export function normal(mean: Operand, std: Operand, shape?: Shape): Tensor {
  if (typeof std === 'number' && !(std >= 0)) throw new Error(`normal: std must be at least 0, got ${std}.`);
  return add(mul(randn(shape ?? broadcastShapes('normal', [shapeOf(mean), shapeOf(std)])), std), mean);
}

/**
 * 1 with probability p and 0 otherwise, as float32.
 *
 * @param p a number, which needs a shape, or a tensor of probabilities
 */
export function bernoulli(p: Operand, shape?: Shape): Tensor {
  if (typeof p === 'number' && !(p >= 0 && p <= 1)) throw new Error(`bernoulli: p must be from 0 to 1, got ${p}.`);
  return to(lt(rand(shape ?? shapeOf(p)), p), 'float32');
}

const randintOp = definePointwise<never, { shape: Shape }>({
  name: 'randint',
  inputs: ['key', 'range'],
  whole: [0, 1],
  dtype: () => 'int32',
  shape: ({ shape }) => shape,
  expression: ([key, range]) => `uniform_int(i, ${key}[1], ${key}[0], ${range}[0], ${range}[1])`,
});

/** Whole numbers from low to high - 1, each as likely, as int32. */
export function randint(low: number, high: number, shape: Shape): Tensor {
  checkShape('randint', shape);
  if ((low | 0) !== low || (high | 0) !== high || low >= high)
    throw new Error(`randint: low ${low} and high ${high} must be whole numbers of 32 bits, low below high.`);
  const drawn = apply(randintOp, [nextKey(), tensor(Int32Array.of(low, high))], { shape });
  drawn.value.bounds = [low, high - 1];
  return drawn;
}

/** 0 to n - 1 in random order, as int32 [n]. Shuffled on the host; a replayed step shuffles anew. */
export function randperm(n: number): Tensor {
  checkShape('randperm', [n]);
  const shuffle = (): Int32Array => {
    const order = Int32Array.from({ length: n }, (_, index) => index);
    const word = words(nextDraw());
    for (let at = n - 1; at > 0; at--) {
      const other = Math.floor((word() / 2 ** 32) * (at + 1));
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    return order;
  };
  const order = hostDraw([n], shuffle);
  if (n > 0) order.value.bounds = [0, n - 1];
  return order;
}

/** SplitMix32 from a seed and a place in its sequence (Steele et al. 2014, doi:10.1145/2660193.2660195). */
function words({ seed, offset }: { seed: number; offset: number }): () => number {
  const mix = (x: number): number => {
    const a = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
    return (b ^ (b >>> 16)) >>> 0;
  };
  let state = mix(seed ^ mix(offset + 0x9e3779b9));
  return () => mix((state = (state + 0x9e3779b9) | 0));
}
