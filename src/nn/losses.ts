/**
 * Losses as modules, with PyTorch's names. Options and defaults are those of the functions.
 */
import type { Tensor } from '../graph/index.ts';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  gaussianNllLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDiv,
  l1Loss,
  marginRankingLoss,
  mseLoss,
  multiMarginLoss,
  nllLoss,
  poissonNllLoss,
  smoothL1Loss,
  softMarginLoss,
} from '../ops/index.ts';
import { Module } from './module.ts';

type LossFunction<Options> = (prediction: Tensor, target: Tensor, options?: Options) => Tensor;

abstract class Loss<Options> extends Module {
  readonly options: Options | undefined;
  private readonly compute: LossFunction<Options>;

  constructor(compute: LossFunction<Options>, options: Options | undefined) {
    super();
    this.options = options;
    this.compute = compute;
  }

  override forward(prediction: Tensor, target: Tensor): Tensor {
    return this.compute(prediction, target, this.options);
  }
}

type OptionsOf<F extends (...args: never[]) => Tensor> = NonNullable<Parameters<F>[2]>;

export class MSELoss extends Loss<OptionsOf<typeof mseLoss>> {
  static override readonly name: string = 'MSELoss';

  constructor(options?: OptionsOf<typeof mseLoss>) {
    super(mseLoss, options);
  }
}

export class L1Loss extends Loss<OptionsOf<typeof l1Loss>> {
  static override readonly name: string = 'L1Loss';

  constructor(options?: OptionsOf<typeof l1Loss>) {
    super(l1Loss, options);
  }
}

export class SmoothL1Loss extends Loss<OptionsOf<typeof smoothL1Loss>> {
  static override readonly name: string = 'SmoothL1Loss';

  constructor(options?: OptionsOf<typeof smoothL1Loss>) {
    super(smoothL1Loss, options);
  }
}

export class HuberLoss extends Loss<OptionsOf<typeof huberLoss>> {
  static override readonly name: string = 'HuberLoss';

  constructor(options?: OptionsOf<typeof huberLoss>) {
    super(huberLoss, options);
  }
}

export class BCELoss extends Loss<OptionsOf<typeof binaryCrossEntropy>> {
  static override readonly name: string = 'BCELoss';

  constructor(options?: OptionsOf<typeof binaryCrossEntropy>) {
    super(binaryCrossEntropy, options);
  }
}

export class BCEWithLogitsLoss extends Loss<OptionsOf<typeof binaryCrossEntropyWithLogits>> {
  static override readonly name: string = 'BCEWithLogitsLoss';

  constructor(options?: OptionsOf<typeof binaryCrossEntropyWithLogits>) {
    super(binaryCrossEntropyWithLogits, options);
  }
}

export class KLDivLoss extends Loss<OptionsOf<typeof klDiv>> {
  static override readonly name: string = 'KLDivLoss';

  constructor(options?: OptionsOf<typeof klDiv>) {
    super(klDiv, options);
  }
}

export class HingeEmbeddingLoss extends Loss<OptionsOf<typeof hingeEmbeddingLoss>> {
  static override readonly name: string = 'HingeEmbeddingLoss';

  constructor(options?: OptionsOf<typeof hingeEmbeddingLoss>) {
    super(hingeEmbeddingLoss, options);
  }
}

export class SoftMarginLoss extends Loss<OptionsOf<typeof softMarginLoss>> {
  static override readonly name: string = 'SoftMarginLoss';

  constructor(options?: OptionsOf<typeof softMarginLoss>) {
    super(softMarginLoss, options);
  }
}

export class PoissonNLLLoss extends Loss<OptionsOf<typeof poissonNllLoss>> {
  static override readonly name: string = 'PoissonNLLLoss';

  constructor(options?: OptionsOf<typeof poissonNllLoss>) {
    super(poissonNllLoss, options);
  }
}

export class CrossEntropyLoss extends Loss<OptionsOf<typeof crossEntropy>> {
  static override readonly name: string = 'CrossEntropyLoss';

  constructor(options?: OptionsOf<typeof crossEntropy>) {
    super(crossEntropy, options);
  }
}

export class NLLLoss extends Loss<OptionsOf<typeof nllLoss>> {
  static override readonly name: string = 'NLLLoss';

  constructor(options?: OptionsOf<typeof nllLoss>) {
    super(nllLoss, options);
  }
}

export class MultiMarginLoss extends Loss<OptionsOf<typeof multiMarginLoss>> {
  static override readonly name: string = 'MultiMarginLoss';

  constructor(options?: OptionsOf<typeof multiMarginLoss>) {
    super(multiMarginLoss, options);
  }
}

export class MarginRankingLoss extends Module {
  static override readonly name: string = 'MarginRankingLoss';

  readonly options: Parameters<typeof marginRankingLoss>[3];

  constructor(options?: Parameters<typeof marginRankingLoss>[3]) {
    super();
    this.options = options;
  }

  override forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(a, b, target, this.options);
  }
}

export class GaussianNLLLoss extends Module {
  static override readonly name: string = 'GaussianNLLLoss';

  readonly options: Parameters<typeof gaussianNllLoss>[3];

  constructor(options?: Parameters<typeof gaussianNllLoss>[3]) {
    super();
    this.options = options;
  }

  override forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(input, target, variance, this.options);
  }
}
