/**
 * Pooling: the greatest or the mean of each window, also of windows that divide the image into so many parts.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { show } from '../graph/value.ts';
import { avgPoolOp, maxPoolOp, type PoolAttrs } from './pool-kernels.ts';
import { mean } from './reduce.ts';
import { requireFloat } from './shapes.ts';
import { pairOf, requireWhole, windows, type Pair } from './windows.ts';
import { reshape, squeeze, unsqueeze } from './views.ts';

export interface MaxPoolOptions {
  /** As large as the kernel unless said otherwise. */
  stride?: number | Pair;
  /** Borders of -infinity, at most half the kernel. */
  padding?: number | Pair;
  dilation?: number | Pair;
  /** Windows that reach past the end count too. */
  ceilMode?: boolean;
}

export interface AvgPoolOptions {
  stride?: number | Pair;
  /** Borders of zeros, at most half the kernel. */
  padding?: number | Pair;
  ceilMode?: boolean;
  /** Whether zeros of the borders count in the mean; true unless said otherwise. */
  countIncludePad?: boolean;
  /** What sums are divided by in place of the number of pixels. */
  divisorOverride?: number;
}

/** [batch, channels, height, width] or [channels, height, width]. */
function requireImages(name: string, x: Tensor): Pair {
  requireFloat(name, [x]);
  if ((x.ndim !== 3 && x.ndim !== 4) || x.numel === 0)
    throw new Error(
      `${name}: x is ${show(x.shape)}; it must be [batch, channels, height, width] or [channels, height, width], and not empty.`,
    );
  return [x.shape.at(-2)!, x.shape.at(-1)!];
}

/** x as planes through an op, and back in its own shape but for the last two axes. */
function throughPlanes(x: Tensor, forward: (planes: Tensor) => Tensor): Tensor {
  const y = forward(reshape(x, [x.numel / (x.shape.at(-1)! * x.shape.at(-2)!), ...x.shape.slice(-2)]));
  return reshape(y, [...x.shape.slice(0, -2), ...y.shape.slice(1)]);
}

/** Whether a window that begins in the border before an axis has its next element behind the axis. */
function stepsOver(length: number, padding: number, stride: number, dilation: number): boolean {
  for (let border = padding; border > 0; border -= stride)
    if (Math.ceil(border / dilation) * dilation - border >= length) return true;
  return false;
}

function windowed(
  name: string,
  x: Tensor,
  kernelSize: number | Pair,
  options: MaxPoolOptions & AvgPoolOptions,
): PoolAttrs {
  const size = requireImages(name, x);
  const kernel = pairOf(kernelSize);
  const [stride, dilation] = [pairOf(options.stride ?? kernel), pairOf(options.dilation ?? 1)];
  const padding = pairOf(options.padding ?? 0);
  requireWhole(name, 'kernelSize', kernel, 1);
  requireWhole(name, 'stride', stride, 1);
  requireWhole(name, 'dilation', dilation, 1);
  requireWhole(name, 'padding', padding, 0);
  if (padding.some((border, axis) => 2 * border > kernel[axis]!))
    throw new Error(
      `${name}: padding ${padding.join(', ')} is more than half of kernelSize ${kernel.join(', ')}. Use F.pad() for wider borders.`,
    );
  const counts = size.map((length, axis) => {
    const [step, border] = [stride[axis]!, padding[axis]!];
    const exact = length + 2 * border;
    const ceiled = options.ceilMode ? exact + step - 1 : exact;
    const count = windows(ceiled, kernel[axis]!, step, dilation[axis]!);
    // The last window must begin in the image or in the border before it.
    return options.ceilMode && (count - 1) * step >= length + border ? count - 1 : count;
  }) as [number, number];
  if (counts.some((count) => count < 1))
    throw new Error(
      `${name}: windows of ${kernel.join('x')} do not fit into ${size.join('x')} with padding ${padding.join(', ')}. Use a smaller kernelSize.`,
    );
  if (size.some((length, axis) => stepsOver(length, padding[axis]!, stride[axis]!, dilation[axis]!)))
    throw new Error(
      `${name}: with dilation ${dilation.join(', ')} and padding ${padding.join(', ')} a window meets no element of ${size.join('x')}. Use less of either.`,
    );
  const { countIncludePad: includePad = true, divisorOverride: divisor = 0 } = options;
  return { size, windows: counts, kernel, stride, dilation, padding, adaptive: false, includePad, divisor };
}

function divided(name: string, x: Tensor, outputSize: number | readonly (number | null)[]): PoolAttrs {
  const size = requireImages(name, x);
  const wanted = typeof outputSize === 'number' ? [outputSize, outputSize] : outputSize;
  const counts = size.map((length, axis) => wanted[axis] ?? length) as [number, number];
  requireWhole(name, 'outputSize', counts, 1);
  const [one, zero]: [Pair, Pair] = [
    [1, 1],
    [0, 0],
  ];
  const plain = { kernel: one, stride: one, dilation: one, padding: zero, includePad: false, divisor: 0 };
  return { size, windows: counts, ...plain, adaptive: true };
}

/**
 * The greatest number of each window, as torch's F.max_pool2d: x [batch, channels, height, width] or without a batch.
 * Of equal numbers the first takes the gradient.
 *
 * @throws Error if no window fits, or the padding is more than half a window.
 */
export function maxPool2d(x: Tensor, kernelSize: number | Pair, options: MaxPoolOptions = {}): Tensor {
  return maxPool2dWithIndices(x, kernelSize, options)[0];
}

/** Also where each maximum is, int32, counted row by row in its plane. */
export function maxPool2dWithIndices(
  x: Tensor,
  kernelSize: number | Pair,
  options: MaxPoolOptions = {},
): [values: Tensor, indices: Tensor] {
  return withPlaces(x, windowed('maxPool2d', x, kernelSize, options));
}

function withPlaces(x: Tensor, attrs: PoolAttrs): [values: Tensor, indices: Tensor] {
  let places: Tensor | null = null;
  const values = throughPlanes(x, (planes) => {
    const [y, index] = applyAll(maxPoolOp, [planes], attrs) as [Tensor, Tensor];
    places = index;
    return y;
  });
  return [values, reshape(places!, values.shape)];
}

/** The mean of each window, as torch's F.avg_pool2d. */
export function avgPool2d(x: Tensor, kernelSize: number | Pair, options: AvgPoolOptions = {}): Tensor {
  const attrs = windowed('avgPool2d', x, kernelSize, options);
  if (options.divisorOverride === 0)
    throw new Error('avgPool2d: divisorOverride is 0. Leave it out, or divide by more.');
  return throughPlanes(x, (planes) => apply(avgPoolOp, [planes], attrs));
}

/** The mean of each of outputSize parts of the image, null for as many as there are pixels; 1 is global pooling. */
export function adaptiveAvgPool2d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  const attrs = divided('adaptiveAvgPool2d', x, outputSize);
  if (attrs.windows.every((count) => count === 1)) return mean(x, [-2, -1], { keepdim: true });
  return throughPlanes(x, (planes) => apply(avgPoolOp, [planes], attrs));
}

/** The greatest number of each of outputSize parts of the image. */
export function adaptiveMaxPool2d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return withPlaces(x, divided('adaptiveMaxPool2d', x, outputSize))[0];
}

interface Flat {
  stride?: number;
  padding?: number;
  dilation?: number;
}

/** Options of one axis as those of two, of which the first has one row. */
function asFlat<T extends Flat>({ stride, padding, dilation, ...rest }: T) {
  const across = (value: number | undefined, one: number, name: string): object =>
    value === undefined ? {} : { [name]: [one, value] };
  return {
    ...rest,
    ...across(stride, 1, 'stride'),
    ...across(padding, 0, 'padding'),
    ...across(dilation, 1, 'dilation'),
  };
}

/** x [batch, channels, length] or [channels, length]. */
export function maxPool1d(x: Tensor, kernelSize: number, options: MaxPoolOptions & Flat = {}): Tensor {
  return squeeze(maxPool2d(unsqueeze(x, -2), [1, kernelSize], asFlat(options)), -2);
}

export function avgPool1d(x: Tensor, kernelSize: number, options: AvgPoolOptions & Flat = {}): Tensor {
  return squeeze(avgPool2d(unsqueeze(x, -2), [1, kernelSize], asFlat(options)), -2);
}
