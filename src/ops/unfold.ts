/**
 * Windows of images as columns of a matrix, and back: unfold copies them out, fold adds them up where they lay. Each is
 * the other's gradient, and one formula per element, so that neither is a pass of its own where others follow.
 */
import type { OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show } from '../graph/value.ts';
import { definePointwise } from './define-pointwise.ts';
import { pad } from './pad.ts';
import { requireFloat } from './shapes.ts';
import { reshape, squeeze, unsqueeze } from './views.ts';

type Pair = readonly [y: number, x: number];

interface Attrs {
  /** Of the padded image. */
  size: Pair;
  kernel: Pair;
  dilation: Pair;
  stride: Pair;
}

export interface UnfoldOptions {
  dilation?: number | Pair;
  padding?: number | Pair;
  stride?: number | Pair;
}

/** Windows along y and x. */
const grid = ({ size, kernel, dilation, stride }: Attrs): [number, number] =>
  [0, 1].map((axis) => Math.floor((size[axis]! - dilation[axis]! * (kernel[axis]! - 1) - 1) / stride[axis]!) + 1) as [
    number,
    number,
  ];

/** x: [planes, height, width] -> [planes, y, x, rows, columns]. */
const unfoldOp: OpDefinition<never, Attrs> = definePointwise<never, Attrs>({
  name: 'unfold',
  inputs: ['x'],
  whole: [0],
  dtype: () => 'float32',
  shape: (attrs, [x]) => [x!.shape[0]!, ...attrs.kernel, ...grid(attrs)],
  expression([x], attrs) {
    const { size, kernel, dilation, stride } = attrs;
    const [rows, columns] = grid(attrs);
    const count = rows * columns;
    const taps = kernel[0] * kernel[1];
    const y = `(i / ${count * kernel[1]}u % ${kernel[0]}u * ${dilation[0]}u + i / ${columns}u % ${rows}u * ${stride[0]}u)`;
    const z = `(i / ${count}u % ${kernel[1]}u * ${dilation[1]}u + i % ${columns}u * ${stride[1]}u)`;
    return `${x}[(i / ${taps * count}u * ${size[0]}u + ${y}) * ${size[1]}u + ${z}]`;
  },
  backward: ({ grads: [dy], attrs }) => [apply(foldOp, [dy!], attrs)],
});

/** cols: [planes, y, x, rows, columns] -> [planes, height, width]. */
const foldOp: OpDefinition<never, Attrs> = definePointwise<never, Attrs>({
  name: 'fold',
  inputs: ['cols'],
  whole: [0],
  dtype: () => 'float32',
  shape: ({ size }, [cols]) => [cols!.shape[0]!, ...size],
  expression([cols], attrs) {
    const { size, kernel, dilation, stride } = attrs;
    const [rows, columns] = grid(attrs);
    const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
      // Before the first window, the difference wraps to a great number.
      const y = `(i / ${size[1]}u % ${size[0]}u - ${Math.floor(tap / kernel[1]) * dilation[0]}u)`;
      const x = `(i % ${size[1]}u - ${(tap % kernel[1]) * dilation[1]}u)`;
      const [row, column] = [`${y} / ${stride[0]}u`, `${x} / ${stride[1]}u`];
      const plane = `(i / ${size[0] * size[1]}u * ${kernel[0] * kernel[1]}u + ${tap}u)`;
      const inside = [
        `(${row} < ${rows}u)`,
        `(${column} < ${columns}u)`,
        `(${y} % ${stride[0]}u == 0u)`,
        `(${x} % ${stride[1]}u == 0u)`,
      ].join(' & ');
      return `select(0.0, ${cols}[(${plane} * ${rows}u + ${row}) * ${columns}u + ${column}], ${inside})`;
    });
    return taps.join(' + ');
  },
  backward: ({ grads: [dy], attrs }) => [apply(unfoldOp, [dy!], attrs)],
});

const pairOf = (value: number | Pair = 1): Pair => (typeof value === 'number' ? [value, value] : value);

/** The checked geometry of windows over an image of height x width, and its padding. */
function windowsOf(name: string, field: Pair, kernelSize: number | Pair, options: UnfoldOptions): [Attrs, Pair] {
  const { padding = 0 } = options;
  const border = pairOf(padding);
  const [kernel, dilation, stride] = [pairOf(kernelSize), pairOf(options.dilation), pairOf(options.stride)];
  const least = { kernelSize: kernel, dilation, stride, padding: border };
  for (const [what, values] of Object.entries(least))
    if (
      values.length !== 2 ||
      !values.every((value) => Number.isInteger(value) && value >= (what === 'padding' ? 0 : 1))
    )
      throw new Error(
        `${name}: ${what} is ${values.join(', ')}; it must be one or two whole numbers from ${what === 'padding' ? 0 : 1}.`,
      );
  const attrs = { size: [field[0] + 2 * border[0], field[1] + 2 * border[1]] as const, kernel, dilation, stride };
  if (grid(attrs).some((count) => count < 1))
    throw new Error(
      `${name}: a kernel of ${kernel.join('x')} with dilation ${dilation.join(', ')} does not fit the padded image, ` +
        `${attrs.size.join('x')}. Use a smaller kernel, or more padding.`,
    );
  return [attrs, border];
}

/**
 * Windows of images as columns, as torch's F.unfold: x [batch, channels, height, width] or [channels, height, width] ->
 * [batch, channels * y * x, windows], the windows row by row.
 *
 * @throws Error if no window fits.
 */
export function unfold(x: Tensor, kernelSize: number | Pair, options: UnfoldOptions = {}): Tensor {
  requireFloat('unfold', [x]);
  if (x.ndim === 3) return squeeze(unfold(unsqueeze(x, 0), kernelSize, options), 0);
  if (x.ndim !== 4 || x.numel === 0)
    throw new Error(`unfold: x is ${show(x.shape)}; it must be [batch, channels, height, width], and not empty.`);
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [attrs, [top, left]] = windowsOf('unfold', [height, width], kernelSize, options);
  const planes = reshape(pad(x, [left, left, top, top]), [batch * channels, ...attrs.size]);
  return reshape(apply(unfoldOp, [planes], attrs), [batch, channels * attrs.kernel[0] * attrs.kernel[1], -1]);
}

/**
 * Columns added up where `unfold` took them, as torch's F.fold: x [batch, channels * y * x, windows] or without a batch
 * -> [batch, channels, ...outputSize].
 *
 * @throws Error if the columns are not those of windows of such an image.
 */
export function fold(
  x: Tensor,
  outputSize: number | Pair,
  kernelSize: number | Pair,
  options: UnfoldOptions = {},
): Tensor {
  requireFloat('fold', [x]);
  if (x.ndim === 2) return squeeze(fold(unsqueeze(x, 0), outputSize, kernelSize, options), 0);
  const size = pairOf(outputSize);
  const [attrs, [top, left]] = windowsOf('fold', size, kernelSize, options);
  const { kernel } = attrs;
  const [rows, columns] = grid(attrs);
  const channels = (x.shape[1] ?? 0) / (kernel[0] * kernel[1]);
  if (x.ndim !== 3 || x.numel === 0 || !Number.isInteger(channels) || x.shape[2] !== rows * columns)
    throw new Error(
      `fold: x is ${show(x.shape)}; for an image of ${size.join('x')} it must be [batch, channels * ` +
        `${kernel[0] * kernel[1]}, ${rows * columns}].`,
    );
  const cols = reshape(x, [x.shape[0]! * channels, ...kernel, rows, columns]);
  const whole = reshape(apply(foldOp, [cols], attrs), [x.shape[0]!, channels, ...attrs.size]);
  return pad(whole, [-left, -left, -top, -top]);
}
