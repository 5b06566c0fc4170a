/**
 * Normalisation layers, with PyTorch's names, defaults and state-dict keys.
 */
import { show, type Shape, type Tensor } from '../graph/index.ts';
import {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  ones,
  rmsNorm,
  zeros,
  type LocalResponseNormOptions,
} from '../ops/index.ts';
import type { Buffer } from './buffer.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

interface AffineOptions {
  eps?: number;
  /** Whether a weight, 1 at first, and a bias, 0 at first, are trained. */
  affine?: boolean;
}

export interface BatchNormOptions extends AffineOptions {
  /** Share of each new batch in the running statistics; null for the mean of all batches. */
  momentum?: number | null;
  /** False normalises by the batch in evaluation too. */
  trackRunningStats?: boolean;
}

function weights(shape: Shape, wanted = true): [weight: Parameter | null, bias: Parameter | null] {
  return wanted ? [new Parameter(ones(shape)), new Parameter(zeros(shape))] : [null, null];
}

/** @throws Error that names the layer if x has another number of axes than it may have */
function requireAxes({ constructor }: Module, x: Tensor, axes: readonly number[]): void {
  if (!axes.includes(x.ndim))
    throw new Error(
      `${constructor.name}: x is ${show(x.shape)}; it must have ${axes.join(' or ')} axes, [batch, channels, ...]. Use unsqueeze() or reshape().`,
    );
}

/** What both have in common; `axes` are the numbers of axes that x may have. */
abstract class BatchNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  declare readonly running_mean?: Buffer;
  declare readonly running_var?: Buffer;
  declare readonly num_batches_tracked?: Buffer;
  readonly options: { readonly momentum: number | null; readonly eps: number };
  protected abstract readonly axes: readonly number[];

  constructor(
    features: number,
    { eps = 1e-5, momentum = 0.1, affine, trackRunningStats = true }: BatchNormOptions = {},
  ) {
    super();
    this.options = { eps, momentum };
    [this.weight, this.bias] = weights([features], affine);
    if (!trackRunningStats) return;
    this.registerBuffer('running_mean', zeros([features]));
    this.registerBuffer('running_var', ones([features]));
    this.registerBuffer('num_batches_tracked', zeros([], { dtype: 'int32' }));
  }

  override forward(x: Tensor): Tensor {
    requireAxes(this, x, this.axes);
    const { running_mean: mean, running_var: variance, num_batches_tracked: tracked } = this;
    const running = mean && variance && tracked ? { mean, variance, tracked } : null;
    const { weight, bias, training } = this;
    return batchNorm(x, running, { ...this.options, weight, bias, training });
  }
}

/** Ioffe & Szegedy 2015, of x [batch, features] or [batch, features, length]. */
export class BatchNorm1d extends BatchNorm {
  static override readonly name: string = 'BatchNorm1d';

  protected readonly axes: readonly number[] = [2, 3];
}

/** Ioffe & Szegedy 2015, of x [batch, features, height, width]. */
export class BatchNorm2d extends BatchNorm {
  static override readonly name: string = 'BatchNorm2d';

  protected readonly axes: readonly number[] = [4];
}

/** Wu & He 2018, of x [batch, channels, ...]. */
export class GroupNorm extends Module {
  static override readonly name: string = 'GroupNorm';

  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly groups: number;
  readonly eps: number;

  constructor(groups: number, channels: number, { eps = 1e-5, affine }: AffineOptions = {}) {
    super();
    [this.weight, this.bias] = weights([channels], affine);
    this.groups = groups;
    this.eps = eps;
  }

  override forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return groupNorm(x, this.groups, { weight, bias, eps });
  }
}

/** What both have in common; `axes` as of batch normalisation. */
abstract class InstanceNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly eps: number;
  protected abstract readonly axes: readonly number[];

  constructor(features: number, { eps = 1e-5, affine = false }: AffineOptions = {}) {
    super();
    [this.weight, this.bias] = weights([features], affine);
    this.eps = eps;
  }

  override forward(x: Tensor): Tensor {
    requireAxes(this, x, this.axes);
    const { weight, bias, eps } = this;
    return instanceNorm(x, { weight, bias, eps });
  }
}

/** Ulyanov et al. 2016, of x [batch, features, length]; without weights unless `affine`. */
export class InstanceNorm1d extends InstanceNorm {
  static override readonly name: string = 'InstanceNorm1d';

  protected readonly axes: readonly number[] = [3];
}

/** Ulyanov et al. 2016, of x [batch, features, height, width]; without weights unless `affine`. */
export class InstanceNorm2d extends InstanceNorm {
  static override readonly name: string = 'InstanceNorm2d';

  protected readonly axes: readonly number[] = [4];
}

/** Ba et al. 2016, over the last axes. */
export class LayerNorm extends Module {
  static override readonly name: string = 'LayerNorm';

  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly normalizedShape: Shape;
  readonly eps: number;

  constructor(
    normalizedShape: number | Shape,
    { eps = 1e-5, elementwiseAffine, bias = true }: { eps?: number; elementwiseAffine?: boolean; bias?: boolean } = {},
  ) {
    super();
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    const [weight, shift] = weights(this.normalizedShape, elementwiseAffine);
    this.weight = weight;
    this.bias = bias ? shift : null;
    this.eps = eps;
  }

  override forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.normalizedShape, { weight, bias, eps });
  }
}

/** Zhang & Sennrich 2019, over the last axis of `features`. */
export class RMSNorm extends Module {
  static override readonly name: string = 'RMSNorm';

  readonly weight: Parameter;
  readonly eps: number;

  constructor(features: number, { eps = 1e-6 }: { eps?: number } = {}) {
    super();
    this.weight = new Parameter(ones([features]));
    this.eps = eps;
  }

  override forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, { eps: this.eps });
  }
}

/** Krizhevsky et al. 2012, over `size` channels around each. */
export class LocalResponseNorm extends Module {
  static override readonly name: string = 'LocalResponseNorm';

  readonly size: number;
  readonly options: LocalResponseNormOptions;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    this.size = size;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.options);
  }
}
