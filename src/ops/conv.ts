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
import { show, type Shape } from '../graph/value.ts';
import { add } from './arithmetic.ts';
import { pad as fill } from './border.ts';
import { conv2dOp, conv2dSpreadOp, pad2dOp } from './conv-filter.ts';
import {
  bordersOf,
  check,
  checkWindows,
  reach,
  type Borders,
  type Conv1dOptions,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  type Geometry,
  type Named,
} from './conv-options.ts';
import { phasesOf } from './conv-phases.ts';
import { conv2dWeightOp } from './conv-weight.ts';
import { matmul } from './matmul.ts';
import { pad } from './pad.ts';
import { sum } from './reduce.ts';
import { reshape, slice, squeeze, transpose, unsqueeze } from './views.ts';
import { pairOf, requireWhole, windows, type Pair } from './windows.ts';

/** A single filter element without steps is a matrix product for each image. */
function isProduct(w: Tensor, { stride, groups }: Geometry): boolean {
  return w.shape[2] === 1 && w.shape[3] === 1 && groups === 1 && stride.every((step) => step === 1);
}

function withBorders(x: Tensor, [top, bottom, left, right]: Borders): Tensor {
  const size: Pair = [x.shape[2]! + top + bottom, x.shape[3]! + left + right];
  if (![top, bottom, left, right].some(Boolean)) return x;
  return apply(pad2dOp, [x], { size, before: [top, left] });
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
  return reshape(apply(conv2dOp, [padded, w], attrs), size);
}

/** The transpose of `filter` for images of height x width: dy: [n, out, rows, columns] -> [n, in, height, width]. */
function spreadBack(dy: Tensor, w: Tensor, geometry: Geometry, [height, width]: Pair): Tensor {
  const { padding, stride, dilation, groups } = geometry;
  const [images, outputs, rows, columns] = dy.shape as [number, number, number, number];
  const [top, bottom, left, right] = padding;
  const whole: Pair = [height + top + bottom, width + left + right];
  if (isProduct(w, geometry) && whole[0] === rows && whole[1] === columns) {
    const matrix = transpose(reshape(w, [outputs, w.shape[1]!]));
    const grown = reshape(matmul(matrix, reshape(dy, [images, outputs, rows * columns])), [
      images,
      w.shape[1]!,
      ...whole,
    ]);
    return pad(grown, [-left, -right, -top, -bottom]);
  }
  const size: Pair = [height, width];
  const before: Pair = [padding[0], padding[2]];
  // Where elements at the edges meet windows that do not exist, zeros stand for them.
  const borders = [0, 1].flatMap((axis) => {
    const phases = phasesOf(size[axis]!, before[axis]!, w.shape[2 + axis]!, stride[axis]!, dilation[axis]!);
    const met = phases.filter(({ taps }) => taps > 0);
    const last = Math.max(0, ...met.map(({ first, taps, gap, count }) => first + (taps - 1) * gap + count));
    return [Math.max(0, ...met.map(({ first }) => -first)), Math.max(0, last - dy.shape[2 + axis]!)];
  }) as unknown as Borders;
  const attrs = { stride, dilation, groups, size, before, padded: [borders[0], borders[2]] as const };
  const dx = apply(conv2dSpreadOp, [withBorders(dy, borders), w], attrs);
  return reshape(dx, [images, w.shape[1]! * groups, ...size]);
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

/** [channels, height, width] counts as a batch of one. */
function asBatch(x: Tensor, forward: (batch: Tensor) => Tensor): Tensor {
  return x.ndim === 3 ? squeeze(forward(unsqueeze(x, 0)), 0) : forward(x);
}

function plusBias(y: Tensor, bias: Tensor | null): Tensor {
  return bias ? add(y, reshape(bias, [bias.numel, 1, 1])) : y;
}

function convolve(named: Named, options: Conv2dOptions): Tensor {
  const { name, x, weight: w, bias } = named;
  const { groups = 1, paddingMode = 'zeros' } = options;
  const [stride, dilation] = [pairOf(options.stride), pairOf(options.dilation)];
  requireWhole(name, 'stride', stride, 1);
  requireWhole(name, 'dilation', dilation, 1);
  const reaches: Pair = [reach(w.shape[2]!, dilation[0]), reach(w.shape[3]!, dilation[1])];
  const padding = bordersOf(name, options.padding, reaches, stride);
  const [top, bottom, left, right] = padding;
  const filled = paddingMode !== 'zeros' && padding.some((border) => border > 0);
  const images = filled ? fill(x, [left, right, top, bottom], { mode: paddingMode }) : x;
  const geometry: Geometry = { stride, dilation, groups, padding: filled ? [0, 0, 0, 0] : padding };
  return asBatch(images, (batch) => {
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
  const { groups = 1, stride = 1, dilation = 1, padding = 0, paddingMode = 'zeros' } = options;
  check({ name: 'conv1d', x, weight, bias, axes: 1 }, groups, (weight.shape[1] ?? 0) * groups, weight.shape[0]!);
  const named: Named = { name: 'conv1d', x: unsqueeze(x, -2), weight: unsqueeze(weight, -2), bias, axes: 2 };
  const [left, right = left] = typeof padding === 'number' ? [padding] : typeof padding === 'string' ? [0] : padding;
  const flat = typeof padding === 'string' ? padding : ([0, 0, left, right] as const);
  return squeeze(
    convolve(named, { groups, stride: [1, stride], dilation: [1, dilation], padding: flat, paddingMode }),
    -2,
  );
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
        `${name}: x ${show(batch.shape)} and padding ${padding.join(', ')} leave an output of ${size.join('x')}. Use less padding.`,
      );
    const y = noGrad(() => plusBias(spreadBack(batch, weight, geometry, size), bias));
    return apply(transposedOp, bias ? [y, batch, weight, bias] : [y, batch, weight], geometry);
  });
}
