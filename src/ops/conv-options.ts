/**
 * What convolutions are told, and whether it fits together: options in the form that the maths uses, and worded errors.
 */
import type { Tensor } from '../graph/tensor.ts';
import { sameShape, show } from '../graph/value.ts';
import type { Steps } from './conv-kernels.ts';
import { requireFloat } from './shapes.ts';
import { requireWhole, windows, type Pair } from './windows.ts';

/** Of the top, the bottom, the left and the right. */
export type Borders = readonly [top: number, bottom: number, left: number, right: number];

export interface Geometry extends Steps {
  padding: Borders;
}

export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

export interface Conv2dOptions {
  /** 1 unless said otherwise; two numbers are of y and x. */
  stride?: number | Pair;
  /** Of zeros: one number, two for y and x, four for top, bottom, left and right; `same` keeps the size at stride 1. */
  padding?: number | Pair | Borders | 'same' | 'valid';
  /** What the borders hold, as of nn.Conv2d: zeros, or what `F.pad` of that mode puts there. */
  paddingMode?: PaddingMode;
  dilation?: number | Pair;
  /** Groups of channels that are convolved apart; as many as there are channels make it depthwise. */
  groups?: number;
}

export interface Conv1dOptions {
  stride?: number;
  /** One number, two for left and right, `same` or `valid`. */
  padding?: number | Pair | 'same' | 'valid';
  paddingMode?: PaddingMode;
  dilation?: number;
  groups?: number;
}

export interface ConvTranspose2dOptions {
  stride?: number | Pair;
  /** What the convolution that this one transposes pads, and this one cuts away. */
  padding?: number | Pair | Borders;
  /** Added to the size of the bottom and the right, where the stride leaves it open. */
  outputPadding?: number | Pair;
  dilation?: number | Pair;
  groups?: number;
}

export const reach = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

export function bordersOf(name: string, padding: Conv2dOptions['padding'] = 0, reaches: Pair, stride: Pair): Borders {
  if (padding === 'valid') return [0, 0, 0, 0];
  if (padding === 'same') {
    if (stride.some((step) => step !== 1))
      throw new Error(`${name}: padding 'same' needs stride 1, got ${stride.join(', ')}. Give the padding in numbers.`);
    const [y, x] = reaches.map((size) => size - 1) as [number, number];
    return [y >> 1, y - (y >> 1), x >> 1, x - (x >> 1)];
  }
  const given: readonly unknown[] = Array.isArray(padding) ? padding : [padding];
  if (typeof padding === 'string' || ![1, 2, 4].includes(given.length))
    throw new Error(
      `${name}: padding is ${given.join(', ')}; it must be one number, two of y and x, four of top, bottom, left and right, 'same' or 'valid'.`,
    );
  const [a, b = a, c, d] = given as [number, number?, number?, number?];
  const borders: Borders = c === undefined ? [a, a, b, b] : [a, b, c, d!];
  requireWhole(name, 'padding', borders, 0);
  return borders;
}

export interface Named {
  readonly name: string;
  /** How the caller's x and weight look. */
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly axes: 1 | 2;
}

/** Checks what both directions have in common; `outputs` is how many channels come out of it. */
export function check({ name, x, weight, bias, axes }: Named, groups: number, inputs: number, outputs: number): void {
  requireFloat(name, [x, weight]);
  const field = axes === 2 ? 'height, width' : 'length';
  if (weight.ndim !== axes + 2)
    throw new Error(
      `${name}: weight is ${show(weight.shape)}; it must have ${axes + 2} axes, the last ${axes} of the kernel.`,
    );
  if (x.ndim !== axes + 1 && x.ndim !== axes + 2)
    throw new Error(`${name}: x is ${show(x.shape)}; it must be [batch, channels, ${field}] or [channels, ${field}].`);
  requireWhole(name, 'groups', [groups], 1);
  const channels = x.shape[x.ndim - axes - 1]!;
  if (channels !== inputs)
    throw new Error(
      `${name}: x is ${show(x.shape)} with ${channels} channels, and weight ${show(weight.shape)} with groups ${groups} ` +
        `takes ${inputs}. Change the layer's channels or the input.`,
    );
  if (inputs % groups || outputs % groups)
    throw new Error(
      `${name}: groups ${groups} must divide the channels, ${inputs} in and ${outputs} out. Use a common divisor of both.`,
    );
  if (bias && !sameShape(bias.shape, [outputs]))
    throw new Error(
      `${name}: bias is ${show(bias.shape)}; it must be [${outputs}], one for each channel that comes out.`,
    );
}

export function checkWindows(name: string, x: Tensor, w: Tensor, { padding, stride, dilation }: Geometry): void {
  const [top, bottom, left, right] = padding;
  const padded = [x.shape[2]! + top + bottom, x.shape[3]! + left + right];
  const reaches = [reach(w.shape[2]!, dilation[0]), reach(w.shape[3]!, dilation[1])];
  if (x.numel === 0 || w.numel === 0)
    throw new Error(
      `${name}: x is ${show(x.shape)} and weight is ${show(w.shape)}; neither may be empty. Leave empty batches out.`,
    );
  if (padded.some((size, axis) => windows(size, w.shape[2 + axis]!, stride[axis]!, dilation[axis]!) < 1))
    throw new Error(
      `${name}: the kernel reaches over ${reaches.join('x')} and the padded input is ${padded.join('x')}, so there is no ` +
        'output. Use a smaller kernel or dilation, or more padding.',
    );
}
