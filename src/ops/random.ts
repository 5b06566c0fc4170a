/**
 * Random numbers on the GPU: Philox4x32-10, a function of seed, offset and element.
 *
 * Each op takes the next offset of the generator with it as a leaf, so that the same seed gives the same bits, a
 * backward pass can draw them again, and a replayed step draws new ones.
 */
import { hostTensor, type Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import type { OpDefinition } from '../graph/define-op.ts';
import type { Shape } from '../graph/value.ts';
import { definePointwise } from './define-pointwise.ts';
import { checkShape } from './shapes.ts';
import { to } from './copy.ts';

const generator = { seed: 0, offset: 0 };

/** Starts the generator anew: the same seed gives the same random tensors, whatever was drawn before. */
export function manualSeed(seed: number): void {
  if (!Number.isInteger(seed)) throw new Error(`manualSeed: the seed must be a whole number, got ${seed}.`);
  generator.seed = seed | 0;
  generator.offset = 0;
}

/** Where the generator stands, to save with a checkpoint. */
export function getGeneratorState(): { seed: number; offset: number } {
  return { ...generator };
}

export function setGeneratorState(state: { seed: number; offset: number }): void {
  generator.seed = state.seed;
  generator.offset = state.offset;
}

const floatBits = new Float32Array(1);
const intBits = new Int32Array(floatBits.buffer);

/** The place of the next draw, which is taken with it. */
export function nextDraw(): { seed: number; offset: number } {
  return { seed: generator.seed, offset: generator.offset++ };
}

/** Draws that are noted, or the place of the next where they are given again. */
let noted: { readonly draws: Tensor[]; again: number | null } | null = null;

/** Runs `fn` and notes what it draws. */
export function noteDraws<T>(fn: () => T): { result: T; draws: readonly Tensor[] } {
  const outer = noted;
  const from = outer?.again ?? outer?.draws.length ?? 0;
  const own = (noted = outer ?? { draws: [], again: null });
  try {
    const result = fn();
    return { result, draws: own.draws.slice(from, own.again ?? own.draws.length) };
  } finally {
    noted = outer;
  }
}

/** Runs `fn` with what it drew before. */
export function withDraws<T>(draws: readonly Tensor[], fn: () => T): T {
  const outer = noted;
  noted = { draws: [...draws], again: 0 };
  try {
    return fn();
  } finally {
    noted = outer;
  }
}

/** Numbers drawn on the host, anew in each replay of a step; those that a block drew before where it is computed again. */
export function hostDraw(shape: Shape, draw: () => Int32Array): Tensor {
  const known = noted && noted.again !== null ? noted.draws[noted.again++] : undefined;
  if (known) return known;
  const drawn = hostTensor(draw(), shape, 'int32', draw);
  if (noted && noted.again === null) noted.draws.push(drawn);
  return drawn;
}

/** Seed, the next offset, and probabilities by their bits. */
export function nextKey(probabilities: () => readonly number[] = () => []): Tensor {
  const count = 2 + probabilities().length;
  const bits = (p: number): number => ((floatBits[0] = p), intBits[0]!);
  const draw = (): Int32Array => Int32Array.of(generator.seed, generator.offset++, ...probabilities().map(bits));
  return hostDraw([count], draw);
}

const uniformOp = definePointwise<never, { shape: Shape }>({
  name: 'rand',
  inputs: ['key'],
  whole: [0],
  dtype: () => 'float32',
  shape: ({ shape }) => shape,
  expression: ([key]) => `uniform_unit(i, ${key}[1], ${key}[0])`,
});

const normalOp = definePointwise<never, { shape: Shape }>({
  name: 'randn',
  inputs: ['key'],
  whole: [0],
  dtype: () => 'float32',
  shape: ({ shape }) => shape,
  expression: ([key]) => `polar_x(normal_polar(i, ${key}[1], ${key}[0]))`,
});

/** Uniform on [0, 1). */
export function rand(shape: Shape): Tensor {
  checkShape('rand', shape);
  return apply(uniformOp, [nextKey()], { shape });
}

/** Standard normal. */
export function randn(shape: Shape): Tensor {
  checkShape('randn', shape);
  return apply(normalOp, [nextKey()], { shape });
}

interface DropoutAttrs {
  /** Elements that share a probability; 0 for all. */
  part: number;
}

const dropoutOp: OpDefinition<'key', DropoutAttrs> = definePointwise<'key', DropoutAttrs>({
  name: 'dropout',
  inputs: ['x', 'key'],
  saves: ['key'],
  whole: [1],
  dtype: () => 'float32',
  expression: ([x, key], { part }) =>
    `dropout(${x}, i, ${key}[0], ${key}[1], bitcast<f32>(${key}[2${part ? `u + i / ${part}u` : ''}]))`,
  backward: ({ grads: [dy], saved: { key }, attrs }) => [apply(dropoutOp, [dy!, key], attrs), null],
});

/**
 * Sets elements to 0 with probability p and scales the others by 1 / (1 - p); returns x where not training. The
 * probability is a run-time scalar: another one plans nothing anew.
 */
export function dropout(x: Tensor, options: { p?: number; training?: boolean } = {}): Tensor {
  const { p = 0.5, training = true } = options;
  checkProbability('dropout', p);
  return training && p > 0 ? dropoutBy(x, () => [p]) : x;
}

/**
 * The same with a probability that a replayed step asks for anew, or with one for each of the parts into which the
 * first axis divides x.
 */
export function dropoutBy(x: Tensor, probabilities: () => readonly number[]): Tensor {
  const key = nextKey(probabilities);
  const parts = key.numel - 2;
  return apply(dropoutOp, [to(x, 'float32'), key], { part: parts === 1 ? 0 : x.numel / parts });
}

export function checkProbability(name: string, p: number): number {
  if (!(p >= 0 && p < 1)) throw new Error(`${name}: p must be at least 0 and below 1, got ${p}.`);
  return p;
}
