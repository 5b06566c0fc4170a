/**
 * The layers of an MLP, with PyTorch's names, defaults and initialisation. Each says its name itself, because minifiers
 * change those of classes.
 */
import { type Shape, type Tensor } from '../graph/index.ts';
import { checkProbability, dropoutBy, flatten, linear, rand } from '../ops/index.ts';
import { Module, type Layer } from './module.ts';
import { Parameter } from './parameter.ts';

/** Layers one after another. Their names are their positions: "0.weight". */
export class Sequential extends Module {
  static override readonly name: string = 'Sequential';

  readonly length: number;

  constructor(...layers: Layer[]) {
    super();
    this.length = layers.length;
    layers.forEach((layer, index) => Object.assign(this, { [index]: layer }));
  }

  override forward(x: Tensor): Tensor {
    return this.children().reduce((input, [, layer]) => (layer as Layer).forward(input), x);
  }
}

export function requireCount(name: string, what: string, count: number): void {
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`${name}: ${what} must be a whole number from 1, got ${count}.`);
}

/**
 * y = x W^T + b, with weight [outFeatures, inFeatures] and bias [outFeatures], both drawn from
 * U(-1/sqrt(inFeatures), 1/sqrt(inFeatures)) as in torch.nn.Linear.
 */
export class Linear extends Module {
  static override readonly name: string = 'Linear';

  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: { bias?: boolean } = {}) {
    super();
    requireCount('Linear', 'inFeatures', inFeatures);
    requireCount('Linear', 'outFeatures', outFeatures);
    const bound = 1 / Math.sqrt(inFeatures);
    this.weight = new Parameter(uniform([outFeatures, inFeatures], bound));
    this.bias = options.bias === false ? null : new Parameter(uniform([outFeatures], bound));
  }

  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  /** For `summary`. */
  multAdds(outputShape: Shape): number {
    return outputShape.reduce((product, size) => product * size, 1) * this.weight.shape[1]!;
  }
}

/** Drawn from U(-bound, bound). */
export function uniform(shape: Shape, bound: number): Tensor {
  return rand(shape)
    .mul(2 * bound)
    .sub(bound);
}

/** While training, sets elements to 0 with probability p and scales the others by 1 / (1 - p). */
export class Dropout extends Module {
  static override readonly name: string = 'Dropout';

  /** May be changed while training, also that of a compiled step. */
  p: number;

  constructor(p = 0.5) {
    super();
    this.p = checkProbability('Dropout', p);
  }

  override forward(x: Tensor): Tensor {
    return this.training ? dropoutBy(x, () => [checkProbability('Dropout', this.p)]) : x;
  }
}

/** All axes from `start` on made one; by default all but the batch. */
export class Flatten extends Module {
  static override readonly name: string = 'Flatten';

  readonly start: number;
  readonly end: number;

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  override forward(x: Tensor): Tensor {
    return flatten(x, this.start, this.end);
  }
}
