/**
 * Layers that pad, resize or drop channels of images, with PyTorch's names and defaults.
 */
import type { Tensor } from '../graph/index.ts';
import {
  checkProbability,
  dropout2d,
  fold,
  interpolate,
  pad,
  pixelShuffle,
  unfold,
  type InterpolateOptions,
  type PadOptions,
  type UnfoldOptions,
} from '../ops/index.ts';
import { Module } from './module.ts';

/** One number for all sides, or [left, right, top, bottom]. */
type Sides = number | readonly [left: number, right: number, top: number, bottom: number];

abstract class Padding extends Module {
  readonly padding: readonly number[];
  protected readonly options: PadOptions;

  constructor(padding: Sides, options: PadOptions) {
    super();
    this.padding = typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, this.options);
  }
}

export class ZeroPad2d extends Padding {
  static override readonly name: string = 'ZeroPad2d';

  constructor(padding: Sides) {
    super(padding, {});
  }
}

export class ConstantPad2d extends Padding {
  static override readonly name: string = 'ConstantPad2d';

  constructor(padding: Sides, value: number) {
    super(padding, { value });
  }
}

export class ReflectionPad2d extends Padding {
  static override readonly name: string = 'ReflectionPad2d';

  constructor(padding: Sides) {
    super(padding, { mode: 'reflect' });
  }
}

export class ReplicationPad2d extends Padding {
  static override readonly name: string = 'ReplicationPad2d';

  constructor(padding: Sides) {
    super(padding, { mode: 'replicate' });
  }
}

export class CircularPad2d extends Padding {
  static override readonly name: string = 'CircularPad2d';

  constructor(padding: Sides) {
    super(padding, { mode: 'circular' });
  }
}

/** What `F.interpolate` does. */
export class Upsample extends Module {
  static override readonly name: string = 'Upsample';

  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }
}

export class PixelShuffle extends Module {
  static override readonly name: string = 'PixelShuffle';

  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = upscaleFactor;
  }

  override forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }
}

type Size = number | readonly [y: number, x: number];

/** What `F.unfold` does. */
export class Unfold extends Module {
  static override readonly name: string = 'Unfold';

  readonly kernelSize: Size;
  readonly options: UnfoldOptions;

  constructor(kernelSize: Size, options: UnfoldOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return unfold(x, this.kernelSize, this.options);
  }
}

/** What `F.fold` does. */
export class Fold extends Module {
  static override readonly name: string = 'Fold';

  readonly outputSize: Size;
  readonly kernelSize: Size;
  readonly options: UnfoldOptions;

  constructor(outputSize: Size, kernelSize: Size, options: UnfoldOptions = {}) {
    super();
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return fold(x, this.outputSize, this.kernelSize, this.options);
  }
}

/** While training, sets whole channels of [batch, channels, ...] to 0 with probability p and scales the others. */
export class Dropout2d extends Module {
  static override readonly name: string = 'Dropout2d';

  readonly p: number;

  constructor(p = 0.5) {
    super();
    this.p = checkProbability('Dropout2d', p);
  }

  override forward(x: Tensor): Tensor {
    return dropout2d(x, { p: this.p, training: this.training });
  }
}
