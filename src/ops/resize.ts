/**
 * Images of another size: `interpolate`, and what only changes where pixels lie, `pixelShuffle`.
 */
import kernels from '../../shaders/resize.wgsl';
import { defineOp, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show, type Shape } from '../graph/value.ts';
import { dispatch, spread } from './dispatch.ts';
import { requireFloat } from './shapes.ts';
import { permute, reshape } from './views.ts';

interface Attrs {
  /** [height, width] before and after. */
  from: Shape;
  to: Shape;
  /** How far apart in x neighbours of the result lie. */
  scale: readonly number[];
  bilinear: boolean;
  aligned: boolean;
}

function call({ attrs, limits, outputs: [result] }: LowerContext<Attrs>) {
  const { from, to, scale, bilinear, aligned } = attrs;
  const total = result!.shape.reduce((product, size) => product * size, 1);
  const { workgroups, width } = spread(total, limits);
  const [height, breadth, rows, columns] = [...from, ...to] as [number, number, number, number];
  const [scale_y, scale_x] = scale as [number, number];
  const params = { height, breadth, rows, columns, scale_y, scale_x, total, width };
  return { params, workgroups, overrides: { bilinear, aligned }, epilogue: true };
}

const resizeOp = defineOp<never, Attrs>({
  name: 'resize',
  inputs: ['x'],
  shape: ([x], { to }) => [{ shape: [x!.shape[0]!, ...to], dtype: 'float32' }],
  lower: (context) => [
    dispatch(kernels.resize, { bind: { x: context.input(0), y: context.output(0) }, ...call(context) }),
  ],
  fuses: { epilogue: true },
  backward: ({ grads: [dy], attrs }) => [apply(resizeBackwardOp, [dy!], attrs)],
});

const resizeBackwardOp = defineOp<never, Attrs>({
  name: 'resize_backward',
  inputs: ['dy'],
  shape: ([dy], { from }) => [{ shape: [dy!.shape[0]!, ...from], dtype: 'float32' }],
  lower: (context) => [
    dispatch(kernels.resize_backward, { bind: { dy: context.input(0), dx: context.output(0) }, ...call(context) }),
  ],
  fuses: { epilogue: true },
});

export interface InterpolateOptions {
  /** Of the axes after [batch, channels]: one number for all, or one for each. */
  size?: number | Shape;
  /** In place of a size: how many times as large. */
  scaleFactor?: number | readonly number[];
  /** `linear` and `bilinear` are the same, of one axis and of two. */
  mode?: 'nearest' | 'linear' | 'bilinear';
  /** Corner pixels keep their places, rather than the corners of the image. */
  alignCorners?: boolean;
}

/**
 * x [batch, channels, length] or [batch, channels, height, width] of another size, as torch's F.interpolate.
 *
 * @throws Error unless one of `size` and `scaleFactor` is given, and leaves at least one pixel.
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  const { size, scaleFactor, mode = 'nearest', alignCorners = false } = options;
  requireFloat('interpolate', [x]);
  const axes = x.ndim - 2;
  if ((axes !== 1 && axes !== 2) || x.numel === 0)
    throw new Error(
      `interpolate: x is ${show(x.shape)}; it must be [batch, channels, length] or [batch, channels, height, width], and not empty.`,
    );
  const wanted = mode === 'nearest' ? mode : axes === 1 ? 'linear' : 'bilinear';
  if (mode !== wanted)
    throw new Error(
      `interpolate: mode '${mode}' and x ${show(x.shape)}. Use 'nearest' or '${wanted}' for ${axes} axes.`,
    );
  if ((size === undefined) === (scaleFactor === undefined))
    throw new Error(`interpolate: ${size === undefined ? 'got neither' : 'got both'} size and scaleFactor. Give one.`);
  const given = size ?? scaleFactor!;
  const each = typeof given === 'number' ? Array.from({ length: axes }, () => given) : given;
  const lengths = x.shape.slice(2);
  const sizes = size === undefined ? lengths.map((length, axis) => Math.floor(length * each[axis]!)) : each;
  if (each.length !== axes || !sizes.every((length) => Number.isInteger(length) && length > 0))
    throw new Error(
      `interpolate: ${size === undefined ? 'scaleFactor' : 'size'} ${each.join(', ')} makes [${sizes.join(', ')}] of [${lengths.join(', ')}]; it must be ${axes} numbers that make whole sizes from 1.`,
    );
  const linear = mode !== 'nearest';
  const scale = sizes.map((length, axis) => {
    if (linear && alignCorners) return length > 1 ? (lengths[axis]! - 1) / (length - 1) : 0;
    return size === undefined ? 1 / each[axis]! : lengths[axis]! / length;
  });
  const two = (values: readonly number[]): readonly number[] => (axes === 1 ? [1, ...values] : values);
  const [from, to] = [two(lengths), two(sizes)];
  const attrs = { from, to, scale: two(scale), bilinear: linear, aligned: linear && alignCorners };
  const planes = reshape(x, [x.shape[0]! * x.shape[1]!, ...from]);
  return reshape(apply(resizeOp, [planes], attrs), [...x.shape.slice(0, 2), ...sizes]);
}

/** [..., channels * r^2, height, width] -> [..., channels, height * r, width * r], as torch's F.pixel_shuffle. */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const [channels = 0, height = 0, width = 0] = x.shape.slice(-3);
  const r = upscaleFactor;
  if (x.ndim < 3 || !Number.isInteger(r) || r < 1 || channels % r ** 2)
    throw new Error(
      `pixelShuffle: x is ${show(x.shape)} and upscaleFactor ${r}; the third axis from the end must be a multiple of its square.`,
    );
  const lead = x.shape.slice(0, -3);
  const split = reshape(x, [x.numel / (channels * height * width || 1), channels / r ** 2, r, r, height, width]);
  return reshape(permute(split, [0, 1, 4, 2, 5, 3]), [...lead, channels / r ** 2, height * r, width * r]);
}
