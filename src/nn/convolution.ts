/**
 * Convolution layers, with PyTorch's names, defaults and initialisation.
 */
import { type Shape, type Tensor } from '../graph/index.ts';
import {
  conv1d,
  conv2d,
  convTranspose2d,
  type Conv1dOptions,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
} from '../ops/index.ts';
import { requireCount, uniform } from './layers.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

interface WithBias {
  /** Whether a number is added to each channel; it is unless said otherwise. */
  bias?: boolean;
}

/** kernelSize as numbers for each of `axes`. */
function kernelOf(name: string, kernelSize: number | readonly number[], axes: number): readonly number[] {
  const sizes = typeof kernelSize === 'number' ? Array<number>(axes).fill(kernelSize) : kernelSize;
  if (sizes.length !== axes || !sizes.every((size) => Number.isInteger(size) && size >= 1))
    throw new Error(
      `${name}: kernelSize is ${sizes.join(', ')}; it must be ${axes} whole numbers from 1, or one for all.`,
    );
  return sizes;
}

function checkChannels(name: string, inChannels: number, outChannels: number, groups: number): void {
  const counts = { inChannels, outChannels, groups };
  for (const [what, count] of Object.entries(counts)) requireCount(name, what, count);
  if (inChannels % groups || outChannels % groups)
    throw new Error(`${name}: groups ${groups} must divide the channels, ${inChannels} in and ${outChannels} out.`);
}

/** A convolution's weight and bias, uniform within 1 / sqrt(fan in), as torch's kaiming_uniform_ with a = sqrt(5). */
abstract class Convolution extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(weight: Shape, outChannels: number, bias = true) {
    super();
    const bound = 1 / Math.sqrt(weight.slice(1).reduce((product, size) => product * size, 1));
    this.weight = new Parameter(uniform(weight, bound));
    this.bias = bias ? new Parameter(uniform([outChannels], bound)) : null;
  }
}

/** Of an output [batch, out, ...], each number of which is a sum over one filter. */
const multAddsOf = (output: Shape, weight: Shape): number =>
  output.reduce((product, size) => product * size, 1) * weight.slice(1).reduce((product, size) => product * size, 1);

/** x [batch, inChannels, length] -> [batch, outChannels, positions]; weight [outChannels, inChannels / groups, kernel]. */
export class Conv1d extends Convolution {
  static override readonly name: string = 'Conv1d';

  readonly options: Conv1dOptions;

  constructor(inChannels: number, outChannels: number, kernelSize: number, options: Conv1dOptions & WithBias = {}) {
    const { bias = true, ...rest } = options;
    const { groups = 1 } = rest;
    checkChannels('Conv1d', inChannels, outChannels, groups);
    super([outChannels, inChannels / groups, ...kernelOf('Conv1d', kernelSize, 1)], outChannels, bias);
    this.options = rest;
  }

  override forward(x: Tensor): Tensor {
    return conv1d(x, this.weight, this.bias, this.options);
  }

  /** For `summary`. */
  multAdds(output: Shape): number {
    return multAddsOf(output, this.weight.shape);
  }
}

/**
 * x [batch, inChannels, height, width] -> [batch, outChannels, rows, columns]; weight [outChannels, inChannels / groups,
 * y, x], bias [outChannels].
 */
export class Conv2d extends Convolution {
  static override readonly name: string = 'Conv2d';

  readonly options: Conv2dOptions;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly [y: number, x: number],
    options: Conv2dOptions & WithBias = {},
  ) {
    const { bias = true, ...rest } = options;
    const { groups = 1 } = rest;
    checkChannels('Conv2d', inChannels, outChannels, groups);
    super([outChannels, inChannels / groups, ...kernelOf('Conv2d', kernelSize, 2)], outChannels, bias);
    this.options = rest;
  }

  override forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this.options);
  }

  /** For `summary`. */
  multAdds(output: Shape): number {
    return multAddsOf(output, this.weight.shape);
  }
}

/**
 * The transpose of a Conv2d from outChannels to inChannels: x [batch, inChannels, height, width] ->
 * [batch, outChannels, rows, columns]; weight [inChannels, outChannels / groups, y, x], bias [outChannels].
 */
export class ConvTranspose2d extends Convolution {
  static override readonly name: string = 'ConvTranspose2d';

  readonly options: ConvTranspose2dOptions;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly [y: number, x: number],
    options: ConvTranspose2dOptions & WithBias = {},
  ) {
    const { bias = true, ...rest } = options;
    const { groups = 1 } = rest;
    checkChannels('ConvTranspose2d', inChannels, outChannels, groups);
    super([inChannels, outChannels / groups, ...kernelOf('ConvTranspose2d', kernelSize, 2)], outChannels, bias);
    this.options = rest;
  }

  #inputs = 0;

  override forward(x: Tensor): Tensor {
    this.#inputs = x.numel;
    return convTranspose2d(x, this.weight, this.bias, this.options);
  }

  /** For `summary`: every number of the last input meets every element of its filters. */
  multAdds(): number {
    return multAddsOf([this.#inputs], this.weight.shape);
  }
}
