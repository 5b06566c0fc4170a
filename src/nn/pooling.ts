/**
 * Pooling layers, with PyTorch's names and defaults. What each computes stands at the function of its name.
 */
import type { Tensor } from '../graph/index.ts';
import { adaptiveAvgPool2d, adaptiveMaxPool2d, avgPool1d, avgPool2d, maxPool1d, maxPool2d } from '../ops/index.ts';
import { Module } from './module.ts';

/** A function of x, a size, and options. */
type Pool<Size, Options> = (x: Tensor, size: Size, options: Options) => Tensor;

abstract class Pooling<Size, Options> extends Module {
  readonly size: Size;
  readonly options: Options;
  private readonly pool: Pool<Size, Options>;

  constructor(pool: Pool<Size, Options>, size: Size, options: Options) {
    super();
    this.pool = pool;
    this.size = size;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return this.pool(x, this.size, this.options);
  }
}

type Sizes<F extends (...args: never[]) => Tensor> = Parameters<F>[1];
type Options<F extends (...args: never[]) => Tensor> = NonNullable<Parameters<F>[2]>;

export class MaxPool1d extends Pooling<Sizes<typeof maxPool1d>, Options<typeof maxPool1d>> {
  static override readonly name: string = 'MaxPool1d';

  constructor(kernelSize: Sizes<typeof maxPool1d>, options: Options<typeof maxPool1d> = {}) {
    super(maxPool1d, kernelSize, options);
  }
}

export class MaxPool2d extends Pooling<Sizes<typeof maxPool2d>, Options<typeof maxPool2d>> {
  static override readonly name: string = 'MaxPool2d';

  constructor(kernelSize: Sizes<typeof maxPool2d>, options: Options<typeof maxPool2d> = {}) {
    super(maxPool2d, kernelSize, options);
  }
}

export class AvgPool1d extends Pooling<Sizes<typeof avgPool1d>, Options<typeof avgPool1d>> {
  static override readonly name: string = 'AvgPool1d';

  constructor(kernelSize: Sizes<typeof avgPool1d>, options: Options<typeof avgPool1d> = {}) {
    super(avgPool1d, kernelSize, options);
  }
}

export class AvgPool2d extends Pooling<Sizes<typeof avgPool2d>, Options<typeof avgPool2d>> {
  static override readonly name: string = 'AvgPool2d';

  constructor(kernelSize: Sizes<typeof avgPool2d>, options: Options<typeof avgPool2d> = {}) {
    super(avgPool2d, kernelSize, options);
  }
}

export class AdaptiveAvgPool2d extends Pooling<Sizes<typeof adaptiveAvgPool2d>, object> {
  static override readonly name: string = 'AdaptiveAvgPool2d';

  constructor(outputSize: Sizes<typeof adaptiveAvgPool2d>) {
    super(adaptiveAvgPool2d, outputSize, {});
  }
}

export class AdaptiveMaxPool2d extends Pooling<Sizes<typeof adaptiveMaxPool2d>, object> {
  static override readonly name: string = 'AdaptiveMaxPool2d';

  constructor(outputSize: Sizes<typeof adaptiveMaxPool2d>) {
    super(adaptiveMaxPool2d, outputSize, {});
  }
}
