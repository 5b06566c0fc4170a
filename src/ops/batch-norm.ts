/**
 * Batch normalisation: statistics of each channel in one dispatch, what is normalised by them in another, and the same
 * two for the gradient. Evaluation is pointwise, so that it fuses behind what computes x.
 */
import kernels from '../../shaders/batch-norm.wgsl';
import { defineOp } from '../graph/define-op.ts';
import { noGrad } from '../graph/engine.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { show, type Shape } from '../graph/value.ts';
import { add, mul, sub } from './arithmetic.ts';
import { dispatch, spreadGroups } from './dispatch.ts';
import { rsqrt } from './elementary.ts';
import { affine, requireChannels, requirePerChannel } from './normalization.ts';
import { reshape } from './views.ts';

interface RunningAttrs {
  /** Share of the new statistics, or below 0 for the mean of all that have been seen. */
  momentum: number;
  /** Makes the variance of a batch an estimate of that of all: n / (n - 1). */
  unbias: number;
}

interface NormAttrs {
  eps: number;
  withWeight: boolean;
  withBias: boolean;
}

/** Lanes that share a channel. On a software adapter few: each barrier costs every lane. */
const LANES = { software: 4, hardware: 256 };
/** Neighbours that an invocation normalises. */
const SPAN = { software: 64, hardware: 1 };

const kindOf = (software: boolean): 'software' | 'hardware' => (software ? 'software' : 'hardware');

/** Params of all entry points, for x [blocks, channels, inner]. */
function paramsOf([blocks, channels, inner]: Shape, width: number) {
  const sizes = { blocks: blocks!, channels: channels!, inner: inner!, width };
  return { ...sizes, across: 0, span: 0, spans: 0, total: 0, momentum: 0, unbias: 0, eps: 0 };
}

/** A workgroup for each channel. */
function perChannel(x: Shape, limits: GPUSupportedLimits, software: boolean) {
  const lanes = LANES[kindOf(software)];
  const across = Math.min(lanes, 2 ** Math.floor(Math.log2(x[2]!)));
  const { workgroups, width } = spreadGroups(x[1]!, limits);
  return { params: { ...paramsOf(x, width), across }, workgroups, constants: { LANES: lanes } };
}

/** An invocation for each span of neighbours. */
function perSpan(x: Shape, limits: GPUSupportedLimits, software: boolean) {
  const span = Math.min(x[2]!, SPAN[kindOf(software)]);
  const spans = Math.ceil(x[2]! / span);
  const total = x[0]! * x[1]! * spans;
  const group = software ? 16 : 64;
  const { workgroups, width } = spreadGroups(Math.ceil(total / group), limits);
  return { params: { ...paramsOf(x, width * group), span, spans, total }, workgroups, overrides: { group } };
}

const ofChannels = ({ 1: channels }: Shape) => ({ shape: [channels!], dtype: 'float32' }) as const;

/** Mean and variance of each channel. */
const momentsOp = defineOp({
  name: 'batch_moments',
  inputs: ['x'],
  shape: ([x]) => [ofChannels(x!.shape), ofChannels(x!.shape)],
  lower({ inputs: [x], limits, software, input, output }) {
    const bind = { x: input(0), first: output(0), second: output(1) };
    return [dispatch(kernels.batch_moments, { bind, ...perChannel(x!.shape, limits, software) })];
  },
});

const runningOp = defineOp<never, RunningAttrs>({
  name: 'batch_running',
  inputs: ['mean', 'variance', 'running_mean', 'running_variance', 'tracked'],
  writes: [2, 3, 4],
  shape: () => [],
  lower({ inputs: [mean], attrs, software, input }) {
    const bind = {
      means: input(0),
      variances: input(1),
      running_mean: input(2),
      running_variance: input(3),
      tracked: input(4),
    };
    const params = { ...paramsOf([0, mean!.shape[0]!, 0], 0), ...attrs };
    const constants = { LANES: LANES[kindOf(software)] };
    return [dispatch(kernels.batch_running, { bind, params, constants, workgroups: [1, 1, 1] })];
  },
});

/** Weight and bias stand for themselves only where attrs say so. */
const batchNormOp = defineOp<'x' | 'mean' | 'variance' | 'weight', NormAttrs>({
  name: 'batch_norm',
  inputs: ['x', 'mean', 'variance', 'weight', 'bias'],
  saves: ['x', 'mean', 'variance', 'weight'],
  shape: ([x]) => [x!],
  lower({
    inputs: [x],
    attrs: { eps, withWeight: with_weight, withBias: with_bias },
    limits,
    software,
    input,
    output,
  }) {
    const bind = { x: input(0), means: input(1), variances: input(2), weight: input(3), bias: input(4), y: output(0) };
    const { params, overrides, workgroups } = perSpan(x!.shape, limits, software);
    return [
      dispatch(kernels.batch_norm, {
        bind,
        params: { ...params, eps },
        overrides: { ...overrides, with_weight, with_bias },
        workgroups,
        epilogue: true,
      }),
    ];
  },
  fuses: { epilogue: true },
  backward({ grads: [dy], saved: { x, mean, variance, weight }, attrs, needs }) {
    const [total, product] = applyAll(sumsOp, [dy!, x, mean, variance], attrs) as [Tensor, Tensor];
    const dx = needs[0] ? apply(backwardOp, [dy!, x, mean, variance, weight, total, product], attrs) : null;
    return [dx, null, null, attrs.withWeight ? product : null, attrs.withBias ? total : null];
  },
});

/** The gradients of bias and weight. */
const sumsOp = defineOp<never, NormAttrs>({
  name: 'batch_sums',
  inputs: ['dy', 'x', 'mean', 'variance'],
  shape: ([, x]) => [ofChannels(x!.shape), ofChannels(x!.shape)],
  lower({ inputs: [dy], attrs: { eps }, limits, software, input, output }) {
    const bind = {
      dy: input(0),
      x: input(1),
      means: input(2),
      variances: input(3),
      first: output(0),
      second: output(1),
    };
    const { params, ...rest } = perChannel(dy!.shape, limits, software);
    return [dispatch(kernels.batch_sums, { bind, params: { ...params, eps }, ...rest })];
  },
});

const backwardOp = defineOp<never, NormAttrs>({
  name: 'batch_norm_backward',
  inputs: ['dy', 'x', 'mean', 'variance', 'weight', 'total', 'product'],
  shape: ([dy]) => [dy!],
  lower({ inputs: [dy], attrs: { eps, withWeight: with_weight }, limits, software, input, output }) {
    const bind = {
      dy: input(0),
      x: input(1),
      means: input(2),
      variances: input(3),
      weight: input(4),
      totals: input(5),
      products: input(6),
      y: output(0),
    };
    const { params, overrides, workgroups } = perSpan(dy!.shape, limits, software);
    return [
      dispatch(kernels.batch_norm_backward, {
        bind,
        params: { ...params, eps },
        overrides: { ...overrides, with_weight },
        workgroups,
        epilogue: true,
      }),
    ];
  },
  fuses: { epilogue: true },
});

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
  const sizes = requireChannels('batchNorm', x);
  const [batch, channels, inner] = sizes;
  const { mean: runningMean = null, variance: runningVariance = null } = running ?? {};
  requirePerChannel('batchNorm', channels, { weight, bias, runningMean, runningVariance });
  if (running && !training) {
    const column = [channels, ...x.shape.slice(2).map(() => 1)];
    const part = (value: Tensor): Tensor => reshape(value, column);
    return affine(mul(sub(x, part(running.mean)), part(rsqrt(add(running.variance, eps)))), weight, bias, column);
  }
  const size = batch * inner;
  if (size === 1)
    throw new Error(
      `batchNorm: x is ${show(x.shape)}, one number for each channel, which has no spread to train on. Use a larger batch, or eval().`,
    );
  const blocks = reshape(x, sizes);
  const [mean, variance] = noGrad(() => applyAll(momentsOp, [blocks], {})) as [Tensor, Tensor];
  if (running) {
    const { mean: of, variance: ofVariance, tracked } = running;
    const attrs = { momentum: momentum ?? -1, unbias: size / (size - 1) };
    noGrad(() => applyAll(runningOp, [mean, variance, of, ofVariance, tracked], attrs));
  }
  const attrs = { eps, withWeight: weight !== null, withBias: bias !== null };
  return reshape(apply(batchNormOp, [blocks, mean, variance, weight ?? mean, bias ?? mean], attrs), x.shape);
}
