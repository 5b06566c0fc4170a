/**
 * Normalisation: numbers less their mean, over their standard deviation, by batch, group, instance or layer.
 *
 * Batches are standardised by channel, in blocks that lie apart, the others by row; what comes after is pointwise.
 */
import kernels from '../../shaders/moments.wgsl';
import { defineOp, type LowerContext } from '../graph/define-op.ts';
import { noGrad } from '../graph/engine.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { numel, sameShape, show, type Shape } from '../graph/value.ts';
import { add, div, mul, pow, sub } from './arithmetic.ts';
import { dispatch, spreadGroups } from './dispatch.ts';
import { rsqrt } from './elementary.ts';
import { pad } from './pad.ts';
import { avgPool2d } from './pool.ts';
import { mean } from './reduce.ts';
import { requireFloat } from './shapes.ts';
import { standardize } from './standardize.ts';
import { reshape } from './views.ts';

/** Sets of `blocks` blocks of `inner` numbers. Set s begins at s * inner, and its next block lies `sets * inner` on. */
interface Sets {
  sets: number;
  blocks: number;
  inner: number;
}

interface RunningAttrs {
  /** Share of the new statistics, or below 0 for the mean of all that have been seen. */
  momentum: number;
  /** Makes the variance of a batch an estimate of that of all: n / (n - 1). */
  unbias: number;
}

/** Lanes that share a set. On a software adapter few: each barrier costs every lane. */
const LANES = { software: 4, hardware: 64 };

function geometry({ attrs: { sets, blocks, inner }, limits, software }: LowerContext<Sets>) {
  const lanes = LANES[software ? 'software' : 'hardware'];
  const across = Math.min(lanes, 2 ** Math.floor(Math.log2(inner)));
  const { workgroups, width } = spreadGroups(sets, limits);
  const params = { sets, blocks, inner, outer: sets * inner, across, width, momentum: 0, unbias: 0 };
  return { params, workgroups, constants: { LANES: lanes } };
}

const perSet = (sets: number) => ({ shape: [sets], dtype: 'float32' }) as const;

/** Mean and variance of each set. */
const momentsOp = defineOp<never, Sets>({
  name: 'moments',
  inputs: ['x'],
  shape: (_, { sets }) => [perSet(sets), perSet(sets)],
  lower(context) {
    const { input, output } = context;
    const bind = { x: input(0), mean: output(0), variance: output(1) };
    return [dispatch(kernels.moments, { bind, ...geometry(context) })];
  },
});

/** Of each set the sum of dy, and that of dy times the deviation of x. */
const momentsSumsOp = defineOp<never, Sets>({
  name: 'moments_sums',
  inputs: ['dy', 'x', 'mean'],
  shape: (_, { sets }) => [perSet(sets), perSet(sets)],
  lower(context) {
    const { input, output } = context;
    const bind = { dy: input(0), x: input(1), means: input(2), total: output(0), product: output(1) };
    return [dispatch(kernels.moments_sums, { bind, ...geometry(context) })];
  },
});

const momentsRunningOp = defineOp<never, RunningAttrs>({
  name: 'moments_running',
  inputs: ['mean', 'variance', 'running_mean', 'running_variance', 'tracked'],
  writes: [2, 3, 4],
  shape: () => [],
  lower({ inputs: [middle], attrs, software, input }) {
    const bind = {
      means: input(0),
      variances: input(1),
      running_mean: input(2),
      running_variance: input(3),
      tracked: input(4),
    };
    const params = { sets: middle!.shape[0]!, blocks: 0, inner: 0, outer: 0, across: 0, width: 0, ...attrs };
    const constants = { LANES: LANES[software ? 'software' : 'hardware'] };
    return [dispatch(kernels.moments_running, { bind, params, constants, workgroups: [1, 1, 1] })];
  },
});

interface StandardAttrs extends Sets {
  /** The shape in which a number per set meets x. */
  column: Shape;
  eps: number;
}

/** Input 0 is the result; the others are what it was computed from. */
const standardizedOp = defineOp<'x' | 'mean' | 'variance', StandardAttrs>({
  name: 'standardized',
  inputs: ['y', 'x', 'mean', 'variance'],
  saves: ['x', 'mean', 'variance'],
  shape: ([y]) => [y!],
  view: (layout) => layout,
  backward({ grads: [dy], saved: { x, mean: middle, variance }, attrs: { column, eps, ...sets } }) {
    const [total, product] = applyAll(momentsSumsOp, [dy!, x, middle], sets) as [Tensor, Tensor];
    const size = sets.blocks * sets.inner;
    const rate = rsqrt(add(variance, eps));
    // dx = rate (dy - total / size - (x - mean) rate^2 product / size)
    const slope = mul(div(product, size), mul(rate, rate));
    const part = (value: Tensor): Tensor => reshape(value, column);
    const rest = add(part(div(total, size)), mul(sub(x, part(middle)), part(slope)));
    return [null, mul(sub(dy!, rest), part(rate)), null, null];
  },
});

interface Standardized {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

function standardizeChannels(x: Tensor, sets: Sets, column: Shape, eps: number): Standardized {
  const [middle, variance] = noGrad(() => applyAll(momentsOp, [x], sets)) as [Tensor, Tensor];
  const y = noGrad(() => scaled(x, middle, variance, column, eps));
  const standard = apply(standardizedOp, [y, x, middle, variance], { ...sets, column, eps });
  return { y: standard, mean: middle, variance };
}

/** (x - mean) / sqrt(variance + eps) */
function scaled(x: Tensor, middle: Tensor, variance: Tensor, column: Shape, eps: number): Tensor {
  return mul(sub(x, reshape(middle, column)), reshape(rsqrt(add(variance, eps)), column));
}

/** y * weight + bias, each of one number a channel and in `column`'s shape; null leaves it out. */
function affine(y: Tensor, weight: Tensor | null, bias: Tensor | null, column: Shape): Tensor {
  const grown = weight ? mul(y, reshape(weight, column)) : y;
  return bias ? add(grown, reshape(bias, column)) : grown;
}

function requirePerChannel(name: string, channels: number, tensors: Readonly<Record<string, Tensor | null>>): void {
  for (const [what, tensor] of Object.entries(tensors))
    if (tensor && !sameShape(tensor.shape, [channels]))
      throw new Error(
        `${name}: ${what} is ${show(tensor.shape)}; it must be [${channels}], one for each channel of x.`,
      );
}

/** [batch, channels, ...] with at least one number. */
function requireChannels(name: string, x: Tensor, least = 2): [batch: number, channels: number, inner: number] {
  requireFloat(name, [x]);
  if (x.ndim < least || x.numel === 0)
    throw new Error(
      `${name}: x is ${show(x.shape)}; it must be [batch, channels${least > 2 ? ', ...' : ''}] and not empty.`,
    );
  return [x.shape[0]!, x.shape[1]!, numel(x.shape.slice(2))];
}

/** What batch normalisation keeps from step to step; all own their memory. */
export interface RunningStatistics {
  /** [channels] each. */
  readonly mean: Tensor;
  readonly variance: Tensor;
  /** Steps so far, int32 [] or [1]. */
  readonly tracked: Tensor;
}

export interface BatchNormOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Normalise by the batch and move the running statistics, rather than normalise by those. */
  training?: boolean;
  /** Share of a new batch in the running statistics; null for the mean of all batches. 0.1 unless said otherwise. */
  momentum?: number | null;
  eps?: number;
}

/**
 * Batch normalisation, as torch's F.batch_norm: x [batch, channels, ...], each channel over batch and positions.
 *
 * @param running moved in place while training; null normalises by the batch always
 * @throws Error if training has a single number per channel, or sizes differ.
 */
export function batchNorm(x: Tensor, running: RunningStatistics | null, options: BatchNormOptions = {}): Tensor {
  const { weight = null, bias = null, training = false, momentum = 0.1, eps = 1e-5 } = options;
  const [batch, channels, inner] = requireChannels('batchNorm', x);
  const { mean: runningMean = null, variance: runningVariance = null } = running ?? {};
  requirePerChannel('batchNorm', channels, { weight, bias, runningMean, runningVariance });
  const column = [channels, ...x.shape.slice(2).map(() => 1)];
  if (running && !training) return affine(scaled(x, running.mean, running.variance, column, eps), weight, bias, column);
  const size = batch * inner;
  if (size === 1)
    throw new Error(
      `batchNorm: x is ${show(x.shape)}, one number for each channel, which has no spread to train on. Use a larger batch, or eval().`,
    );
  const { y, mean: middle, variance } = standardizeChannels(x, { sets: channels, blocks: batch, inner }, column, eps);
  if (running) {
    const attrs = { momentum: momentum ?? -1, unbias: size / (size - 1) };
    noGrad(() =>
      applyAll(momentsRunningOp, [middle, variance, running.mean, running.variance, running.tracked], attrs),
    );
  }
  return affine(y, weight, bias, column);
}

interface NormOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  eps?: number;
}

/** Group normalisation, as torch's F.group_norm: x [batch, channels, ...], each of `groups` groups of channels apart. */
export function groupNorm(x: Tensor, groups: number, options: NormOptions = {}): Tensor {
  const { weight = null, bias = null, eps = 1e-5 } = options;
  const [batch, channels, inner] = requireChannels('groupNorm', x);
  if (!Number.isInteger(groups) || groups < 1 || channels % groups)
    throw new Error(
      `groupNorm: groups ${groups} must be a whole number that divides the ${channels} channels of ${show(x.shape)}.`,
    );
  requirePerChannel('groupNorm', channels, { weight, bias });
  const size = (channels / groups) * inner;
  const rows = reshape(x, [batch * groups, size]);
  return affine(reshape(standardize(rows, eps), x.shape), weight, bias, [channels, ...x.shape.slice(2).map(() => 1)]);
}

/** Instance normalisation, as torch's F.instance_norm: each channel of each example over its positions. */
export function instanceNorm(x: Tensor, options: NormOptions = {}): Tensor {
  const [, channels, inner] = requireChannels('instanceNorm', x, 3);
  if (inner === 1)
    throw new Error(
      `instanceNorm: x is ${show(x.shape)}, one number for each channel, which has no spread. Use larger images.`,
    );
  return groupNorm(x, channels, options);
}

/**
 * Layer normalisation, as torch's F.layer_norm: over the last axes, whose sizes are `normalizedShape`.
 *
 * @throws Error if x does not end in that shape.
 */
export function layerNorm(x: Tensor, normalizedShape: number | Shape, options: NormOptions = {}): Tensor {
  const { weight = null, bias = null, eps = 1e-5 } = options;
  const shape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
  requireFloat('layerNorm', [x]);
  if (!shape.length || x.numel === 0 || !sameShape(x.shape.slice(-shape.length), shape))
    throw new Error(
      `layerNorm: x is ${show(x.shape)}; it must end in normalizedShape ${show(shape)} and not be empty.`,
    );
  for (const [what, tensor] of Object.entries({ weight, bias }))
    if (tensor && !sameShape(tensor.shape, shape))
      throw new Error(`layerNorm: ${what} is ${show(tensor.shape)}; it must be ${show(shape)}.`);
  const inner = numel(shape);
  return affine(reshape(standardize(reshape(x, [x.numel / inner, inner]), eps), x.shape), weight, bias, shape);
}

export interface LocalResponseNormOptions {
  alpha?: number;
  beta?: number;
  k?: number;
}

/**
 * Local response normalisation, as torch's F.local_response_norm: x / (k + alpha * mean of x^2 over `size` channels
 * around)^beta. Krizhevsky et al. 2012.
 */
export function localResponseNorm(x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  const [batch, channels, inner] = requireChannels('localResponseNorm', x, 3);
  if (!Number.isInteger(size) || size < 1)
    throw new Error(`localResponseNorm: size must be a whole number from 1, got ${size}.`);
  const squares = reshape(mul(x, x), [batch, channels, inner]);
  const padded = pad(squares, [0, 0, size >> 1, (size - 1) >> 1]);
  const around = avgPool2d(padded, [size, 1], { stride: 1 });
  return div(x, pow(add(mul(reshape(around, x.shape), alpha), k), beta));
}

/** Root mean square normalisation over the last axis: x / sqrt(mean(x^2) + eps). Zhang & Sennrich 2019. */
export function rmsNorm(x: Tensor, weight: Tensor | null = null, options: { eps?: number } = {}): Tensor {
  const { eps = 1e-6 } = options;
  requireFloat('rmsNorm', [x]);
  const y = mul(x, rsqrt(add(mean(mul(x, x), -1, { keepdim: true }), eps)));
  return weight ? mul(y, weight) : y;
}
