/**
 * Normalisation by group, instance or layer, of which each is a row less its mean, over its standard deviation, and what
 * comes after pointwise; by neighbouring channels; by the root of the mean square.
 */
import type { Tensor } from '../graph/tensor.ts';
import { numel, sameShape, show, type Shape } from '../graph/value.ts';
import { add, div, mul, pow } from './arithmetic.ts';
import { rsqrt } from './elementary.ts';
import { pad } from './pad.ts';
import { avgPool2d } from './pool.ts';
import { mean } from './reduce.ts';
import { requireFloat } from './shapes.ts';
import { standardize } from './standardize.ts';
import { reshape } from './views.ts';

/** y * weight + bias, each of one number a channel and in `column`'s shape; null leaves it out. */
export function affine(y: Tensor, weight: Tensor | null, bias: Tensor | null, column: Shape): Tensor {
  const grown = weight ? mul(y, reshape(weight, column)) : y;
  return bias ? add(grown, reshape(bias, column)) : grown;
}

export function requirePerChannel(
  name: string,
  channels: number,
  tensors: Readonly<Record<string, Tensor | null>>,
): void {
  for (const [what, tensor] of Object.entries(tensors))
    if (tensor && !sameShape(tensor.shape, [channels]))
      throw new Error(
        `${name}: ${what} is ${show(tensor.shape)}; it must be [${channels}], one for each channel of x.`,
      );
}

/** [batch, channels, ...] with at least one number. */
export function requireChannels(name: string, x: Tensor, least = 2): [batch: number, channels: number, inner: number] {
  requireFloat(name, [x]);
  if (x.ndim < least || x.numel === 0)
    throw new Error(
      `${name}: x is ${show(x.shape)}; it must be [batch, channels${least > 2 ? ', ...' : ''}] and not empty.`,
    );
  return [x.shape[0]!, x.shape[1]!, numel(x.shape.slice(2))];
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
