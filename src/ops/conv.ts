/**
 * Convolution and transposed convolution, in one and two dimensions.
 *
 * Three maps make up both: filters over images (`filter`), its transpose (`spreadBack`), and the filters' gradient
 * (`weightGradient`). A convolution is the first and has the second as its gradient; a transposed one is the second and
 * has the first. Each pads its input, so that kernels have no borders to look after; the planner computes the padded
 * images of a forward pass once for both gradients.
 */
import { defineOp } from '../graph/define-op.ts';
import { noGrad } from '../graph/engine.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { sameShape, show, type Shape } from '../graph/value.ts';
import { add } from './arithmetic.ts';
import { conv2dOp, conv2dWeightOp, windows, type FilterAttrs } from './conv-kernels.ts';
import { matmul } from './matmul.ts';
import { pad, padTo } from './pad.ts';
import { sum } from './reduce.ts';
import { requireFloat } from './shapes.ts';
import { reshape, slice, squeeze, transpose, unsqueeze } from './views.ts';

type Pair = readonly [y: number, x: number];
/** Of the top, the bottom, the left and the right. */
type Borders = readonly [top: number, bottom: number, left: number, right: number];

interface Geometry extends Omit<FilterAttrs, 'flipped'> {
  padding: Borders;
}

export interface Conv2dOptions {
  /** 1 unless said otherwise; two numbers are of y and x. */
  stride?: number | Pair;
  /** Of zeros: one number, two for y and x, four for top, bottom, left and right; `same` keeps the size at stride 1. */
  padding?: number | Pair | Borders | 'same' | 'valid';
  dilation?: number | Pair;
  /** Groups of channels that are convolved apart; as many as there are channels make it depthwise. */
  groups?: number;
}

export interface Conv1dOptions {
  stride?: number;
  /** One number, two for left and right, `same` or `valid`. */
  padding?: number | Pair | 'same' | 'valid';
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

const reach = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

/** A single filter element without steps is a matrix product for each image. */
function isProduct(w: Tensor, { stride, groups }: Geometry): boolean {
  return w.shape[2] === 1 && w.shape[3] === 1 && groups === 1 && stride.every((step) => step === 1);
}

function withBorders(x: Tensor, [top, bottom, left, right]: Borders): Tensor {
  return pad(x, [left, right, top, bottom]);
}

/** x: [n, in, height, width], w: [out, in of a group, y, x] -> [n, out, rows, columns]. */
function filter(x: Tensor, w: Tensor, geometry: Geometry): Tensor {
  const { padding, ...attrs } = geometry;
  const padded = withBorders(x, padding);
  const [images, , height, width] = padded.shape;
  const { stride, dilation } = attrs;
  const size = [
    images!,
    w.shape[0]!,
    windows(height!, w.shape[2]!, stride[0], dilation[0]),
    windows(width!, w.shape[3]!, stride[1], dilation[1]),
  ];
  if (isProduct(w, geometry))
    return reshape(matmul(reshape(w, [w.shape[0]!, w.shape[1]!]), reshape(padded, [images!, w.shape[1]!, -1])), size);
  return reshape(apply(conv2dOp, [padded, w], { ...attrs, flipped: false }), size);
}

/** The transpose of `filter` for images of height x width: dy: [n, out, rows, columns] -> [n, in, height, width]. */
function spreadBack(dy: Tensor, w: Tensor, geometry: Geometry, [height, width]: Pair): Tensor {
  const { padding, stride, dilation, groups } = geometry;
  const [images, outputs, rows, columns] = dy.shape as [number, number, number, number];
  if (isProduct(w, geometry)) {
    const matrix = transpose(reshape(w, [outputs, w.shape[1]!]));
    const [top, bottom, left, right] = padding;
    const grown = [images, w.shape[1]!, height + top + bottom, width + left + right];
    const whole = reshape(matmul(matrix, reshape(dy, [images, outputs, rows * columns])), grown);
    return withBorders(whole, [-top, -bottom, -left, -right]);
  }
  const far = [reach(w.shape[2]!, dilation[0]) - 1, reach(w.shape[3]!, dilation[1]) - 1] as const;
  const attrs = { stride: [1, 1], dilation, groups, flipped: true } as const;
  // Borders wider than the filters' reach hold pixels that no image pixel meets: computed, then cut away.
  const over = padding.map((border, side) => Math.max(0, border - far[side < 2 ? 0 : 1])) as unknown as Borders;
  const [top, bottom, left, right] = over;
  const size = [height + top + bottom, width + left + right] as const;
  const start = [0, 0, far[0] - (padding[0] - top), far[1] - (padding[2] - left)];
  const gaps = padTo(dy, [images, outputs, size[0] + far[0], size[1] + far[1]], start, [1, 1, ...stride]);
  const dx = apply(conv2dOp, [gaps, w], attrs);
  const shape = [images, w.shape[1]! * groups, ...size];
  return withBorders(reshape(dx, shape), [-top, -bottom, -left, -right]);
}

/** Gradients of the filters and of what is added to each output. */
function weightGradient(dy: Tensor, x: Tensor, w: Tensor, geometry: Geometry): [dw: Tensor, db: Tensor] {
  const { padding, ...attrs } = geometry;
  const kernel: Pair = [w.shape[2]!, w.shape[3]!];
  return applyAll(conv2dWeightOp, [dy, withBorders(x, padding)], { ...attrs, kernel }) as [Tensor, Tensor];
}

/** Input 0 is the result; the others are what it was computed from. */
const convolutionOp = defineOp<'x' | 'w', Geometry>({
  name: 'convolution',
  inputs: ['y', 'x', 'w', 'bias'],
  saves: ['x', 'w'],
  shape: ([y]) => [{ shape: y!.shape, dtype: y!.dtype }],
  view: (layout) => layout,
  backward({ grads: [dy], saved: { x, w }, attrs, needs }) {
    const dx = needs[1] ? spreadBack(dy!, w, attrs, [x.shape[2]!, x.shape[3]!]) : null;
    if (!needs[2] && !needs[3]) return [null, dx, null, null];
    const [dw, db] = weightGradient(dy!, x, w, attrs);
    return [null, dx, needs[2] ? dw : null, needs[3] ? db : null];
  },
});

const transposedOp = defineOp<'x' | 'w', Geometry>({
  name: 'transposed_convolution',
  inputs: ['y', 'x', 'w', 'bias'],
  saves: ['x', 'w'],
  shape: ([y]) => [{ shape: y!.shape, dtype: y!.dtype }],
  view: (layout) => layout,
  backward: ({ grads: [dy], saved: { x, w }, attrs, needs }) => [
    null,
    needs[1] ? cut(filter(dy!, w, attrs), x.shape) : null,
    needs[2] ? weightGradient(x, dy!, w, attrs)[0] : null,
    needs[3] ? sum(dy!, [0, 2, 3]) : null,
  ],
});

/** Without the rows and columns that an output padding beyond the stride has added. */
const cut = (dx: Tensor, { 2: height, 3: width }: Shape): Tensor => slice(slice(dx, 2, 0, height), 3, 0, width);

const pairOf = (value: number | Pair = 1): Pair => (typeof value === 'number' ? [value, value] : value);

function requireWhole(name: string, what: string, values: readonly number[], least: number): void {
  if (!values.every((value) => Number.isInteger(value) && value >= least))
    throw new Error(`${name}: ${what} is ${values.join(', ')}; it must be of whole numbers from ${least}.`);
}

function bordersOf(name: string, padding: Conv2dOptions['padding'] = 0, reaches: Pair, stride: Pair): Borders {
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

interface Named {
  readonly name: string;
  /** How the caller's x and weight look. */
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly axes: 1 | 2;
}

/** Checks what both directions have in common; `outputs` is how many channels come out of it. */
function check({ name, x, weight, bias, axes }: Named, groups: number, inputs: number, outputs: number): void {
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
    throw new Error(`${name}: groups ${groups} must divide the channels, ${inputs} in and ${outputs} out.`);
  if (bias && !sameShape(bias.shape, [outputs]))
    throw new Error(
      `${name}: bias is ${show(bias.shape)}; it must be [${outputs}], one for each channel that comes out.`,
    );
}

function checkWindows(name: string, x: Tensor, w: Tensor, { padding, stride, dilation }: Geometry): void {
  const [top, bottom, left, right] = padding;
  const padded = [x.shape[2]! + top + bottom, x.shape[3]! + left + right];
  const reaches = [reach(w.shape[2]!, dilation[0]), reach(w.shape[3]!, dilation[1])];
  if (x.numel === 0 || w.numel === 0)
    throw new Error(`${name}: x is ${show(x.shape)} and weight is ${show(w.shape)}; neither may be empty.`);
  if (padded.some((size, axis) => windows(size, w.shape[2 + axis]!, stride[axis]!, dilation[axis]!) < 1))
    throw new Error(
      `${name}: the kernel reaches over ${reaches.join('x')} and the padded input is ${padded.join('x')}, so there is no ` +
        'output. Use a smaller kernel or dilation, or more padding.',
    );
}

/** [channels, height, width] counts as a batch of one. */
function asBatch(x: Tensor, forward: (batch: Tensor) => Tensor): Tensor {
  return x.ndim === 3 ? squeeze(forward(unsqueeze(x, 0)), 0) : forward(x);
}

function plusBias(y: Tensor, bias: Tensor | null): Tensor {
  return bias ? add(y, reshape(bias, [bias.numel, 1, 1])) : y;
}

function convolve(named: Named, options: Conv2dOptions): Tensor {
  const { name, x, weight: w, bias } = named;
  const { groups = 1 } = options;
  const [stride, dilation] = [pairOf(options.stride), pairOf(options.dilation)];
  requireWhole(name, 'stride', stride, 1);
  requireWhole(name, 'dilation', dilation, 1);
  const reaches: Pair = [reach(w.shape[2]!, dilation[0]), reach(w.shape[3]!, dilation[1])];
  const padding = bordersOf(name, options.padding, reaches, stride);
  const geometry: Geometry = { stride, dilation, groups, padding };
  return asBatch(x, (batch) => {
    checkWindows(name, batch, w, geometry);
    const y = noGrad(() => plusBias(filter(batch, w, geometry), bias));
    return apply(convolutionOp, bias ? [y, batch, w, bias] : [y, batch, w], geometry);
  });
}

/**
 * 2-D convolution (cross-correlation), as torch's F.conv2d: x [batch, in, height, width] or [in, height, width],
 * weight [out, in / groups, y, x], bias [out] or null -> [batch, out, rows, columns],
 * rows = floor((height + top + bottom - dilation (y - 1) - 1) / stride) + 1.
 *
 * @throws Error if channels, groups, kernel and padding do not fit together.
 */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options: Conv2dOptions = {}): Tensor {
  const named: Named = { name: 'conv2d', x, weight, bias, axes: 2 };
  const { groups = 1 } = options;
  check(named, groups, (weight.shape[1] ?? 0) * groups, weight.shape[0]!);
  return convolve(named, options);
}

/** 1-D convolution: x [batch, in, length] or [in, length], weight [out, in / groups, kernel]. */
export function conv1d(x: Tensor, weight: Tensor, bias: Tensor | null = null, options: Conv1dOptions = {}): Tensor {
  const { groups = 1, stride = 1, dilation = 1, padding = 0 } = options;
  check({ name: 'conv1d', x, weight, bias, axes: 1 }, groups, (weight.shape[1] ?? 0) * groups, weight.shape[0]!);
  const named: Named = { name: 'conv1d', x: unsqueeze(x, -2), weight: unsqueeze(weight, -2), bias, axes: 2 };
  const [left, right = left] = typeof padding === 'number' ? [padding] : typeof padding === 'string' ? [0] : padding;
  const flat = typeof padding === 'string' ? padding : ([0, 0, left, right] as const);
  return squeeze(convolve(named, { groups, stride: [1, stride], dilation: [1, dilation], padding: flat }), -2);
}

/**
 * Transposed 2-D convolution, as torch's F.convTranspose2d: x [batch, in, height, width], weight [in, out / groups, y, x]
 * -> [batch, out, rows, columns], rows = (height - 1) stride - top - bottom + dilation (y - 1) + outputPadding + 1.
 *
 * @throws Error if channels, groups, kernel and padding do not fit together.
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTranspose2dOptions = {},
): Tensor {
  const name = 'convTranspose2d';
  const { groups = 1, outputPadding = 0 } = options;
  const [stride, dilation, extra] = [pairOf(options.stride), pairOf(options.dilation), pairOf(outputPadding)];
  check({ name, x, weight, bias, axes: 2 }, groups, weight.shape[0]!, (weight.shape[1] ?? 0) * groups);
  requireWhole(name, 'stride', stride, 1);
  requireWhole(name, 'dilation', dilation, 1);
  requireWhole(name, 'outputPadding', extra, 0);
  if (extra.some((size, axis) => size >= Math.max(stride[axis]!, dilation[axis]!)))
    throw new Error(
      `${name}: outputPadding ${extra.join(', ')} must be less than stride ${stride.join(', ')} or dilation.`,
    );
  const reaches: Pair = [reach(weight.shape[2]!, dilation[0]), reach(weight.shape[3]!, dilation[1])];
  const padding = bordersOf(name, options.padding, reaches, stride);
  const geometry: Geometry = { stride, dilation, groups, padding };
  return asBatch(x, (batch) => {
    const size = [0, 1].map(
      (axis) =>
        (batch.shape[2 + axis]! - 1) * stride[axis]! -
        padding[2 * axis]! -
        padding[2 * axis + 1]! +
        reaches[axis]! +
        extra[axis]!,
    ) as [number, number];
    if (size.some((side) => side < 1) || batch.numel === 0)
      throw new Error(
        `${name}: x ${show(batch.shape)} and padding ${padding.join(', ')} leave an output of ${size.join('x')}.`,
      );
    const y = noGrad(() => plusBias(spreadBack(batch, weight, geometry, size), bias));
    return apply(transposedOp, bias ? [y, batch, weight, bias] : [y, batch, weight], geometry);
  });
}
