/**
 * The kernels of pooling: the greatest or the mean of each window, and the gradients. Which windows there are, pool.ts
 * knows.
 */
import twoByTwo from '../../shaders/pool2d-2x2.wgsl';
import kernels from '../../shaders/pool2d.wgsl';
import { defineOp, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import { apply } from '../graph/trace.ts';
import { numel, type Shape } from '../graph/value.ts';
import { dispatch, spread, spreadGroups } from './dispatch.ts';
import type { Pair } from './windows.ts';

export interface PoolAttrs {
  size: Pair;
  windows: Pair;
  kernel: Pair;
  stride: Pair;
  dilation: Pair;
  padding: Pair;
  adaptive: boolean;
  includePad: boolean;
  /** What sums are divided by, or 0 for the number of pixels. */
  divisor: number;
}

/** Windows of 2x2 side by side that cover the image, for which there are kernels of their own. */
function isTwoByTwo({ size, windows, kernel, stride, dilation, padding, adaptive }: PoolAttrs): boolean {
  return (
    !adaptive &&
    [0, 1].every(
      (axis) =>
        kernel[axis] === 2 &&
        stride[axis] === 2 &&
        dilation[axis] === 1 &&
        padding[axis] === 0 &&
        size[axis] === 2 * windows[axis]!,
    )
  );
}

/** An invocation has `each` of the windows of 2x2, in `shape`. */
function windows(shape: Shape, each: number, limits: GPUSupportedLimits) {
  const total = numel(shape);
  const { workgroups, width } = spread(total / each, limits);
  return { params: { rows: shape[1]!, columns: shape[2]!, total, width }, workgroups, epilogue: true };
}

/** An invocation has a whole row of the output on a software adapter, and one element on a GPU. */
function geometry({ attrs, limits, software, outputs }: LowerContext<PoolAttrs>) {
  const [planes, lines, across] = outputs[0]!.shape as [number, number, number];
  const span = software ? across : 1;
  const spans = across / span;
  const group = software ? 16 : 64;
  const total = planes * lines * spans;
  const { workgroups, width } = spreadGroups(Math.ceil(total / group), limits);
  const [[height, breadth], [rows, columns]] = [attrs.size, attrs.windows];
  const [[kernel_y, kernel_x], [stride_y, stride_x]] = [attrs.kernel, attrs.stride];
  const [[dilation_y, dilation_x], [top, left]] = [attrs.dilation, attrs.padding];
  const params = {
    height,
    breadth,
    rows,
    columns,
    kernel_y,
    kernel_x,
    stride_y,
    stride_x,
    dilation_y,
    dilation_x,
    top,
    left,
    bottom: top,
    right: left,
    span,
    spans,
    total,
    width: width * group,
    divisor: attrs.divisor,
  };
  const overrides = { adaptive: attrs.adaptive, group };
  return { params, workgroups, overrides, epilogue: true };
}

/** x: [planes, height, width] -> the maxima and their places, [planes, rows, columns]. */
export const maxPoolOp: OpDefinition<'out1', PoolAttrs> = defineOp<'out1', PoolAttrs>({
  name: 'max_pool2d',
  inputs: ['x'],
  saves: ['out1'],
  shape([x], { windows }) {
    const shape = [x!.shape[0]!, ...windows];
    return [
      { shape, dtype: 'float32' },
      { shape, dtype: 'int32' },
    ];
  },
  lower(context) {
    const { outputs, limits, input, output, needed } = context;
    const bind = { x: input(0), y: output(0), index: output(1) };
    const with_index = needed(1);
    if (isTwoByTwo(context.attrs)) {
      const [planes, rows, columns] = outputs[0]!.shape as [number, number, number];
      const overrides = { with_index };
      if (columns % 2 === 0 && (planes * rows) % 2 === 0) {
        const { x: x4, ...rest } = bind;
        const call = { bind: { x4, ...rest }, ...windows(outputs[0]!.shape, 4, limits), overrides };
        return [dispatch(twoByTwo.max_pool2d_2x2_fours, call)];
      }
      return [dispatch(twoByTwo.max_pool2d_2x2, { bind, ...windows(outputs[0]!.shape, 1, limits), overrides })];
    }
    const { overrides, ...rest } = geometry(context);
    return [dispatch(kernels.max_pool2d, { bind, ...rest, overrides: { ...overrides, with_index } })];
  },
  fuses: { epilogue: true },
  backward: ({ grads: [dy], saved: { out1 }, attrs }) => [apply(maxPoolBackwardOp, [dy!, out1], attrs)],
});

const maxPoolBackwardOp = defineOp<never, PoolAttrs>({
  name: 'max_pool2d_backward',
  inputs: ['dy', 'index'],
  shape: ([dy], { size }) => [{ shape: [dy!.shape[0]!, ...size], dtype: 'float32' }],
  lower(context) {
    const { inputs, limits, input, output } = context;
    const bind = { dy: input(0), places: input(1), dx: output(0) };
    if (isTwoByTwo(context.attrs))
      return [dispatch(twoByTwo.max_pool2d_2x2_backward, { bind, ...windows(inputs[0]!.shape, 1, limits) })];
    return [dispatch(kernels.max_pool2d_backward, { bind, ...geometry(context) })];
  },
  fuses: { epilogue: true },
});

export const avgPoolOp: OpDefinition<never, PoolAttrs> = defineOp<never, PoolAttrs>({
  name: 'avg_pool2d',
  inputs: ['x'],
  shape: ([x], { windows }) => [{ shape: [x!.shape[0]!, ...windows], dtype: 'float32' }],
  lower(context) {
    const { attrs, input, output } = context;
    const { overrides, ...rest } = geometry(context);
    const bind = { x: input(0), y: output(0) };
    return [
      dispatch(kernels.avg_pool2d, { bind, ...rest, overrides: { ...overrides, include_pad: attrs.includePad } }),
    ];
  },
  fuses: { epilogue: true },
  backward: ({ grads: [dy], attrs }) => [apply(avgPoolBackwardOp, [dy!], attrs)],
});

const avgPoolBackwardOp = defineOp<never, PoolAttrs>({
  name: 'avg_pool2d_backward',
  inputs: ['dy'],
  shape: ([dy], { size }) => [{ shape: [dy!.shape[0]!, ...size], dtype: 'float32' }],
  lower(context) {
    const { attrs, input, output } = context;
    const { overrides, ...rest } = geometry(context);
    const bind = { dy: input(0), dx: output(0) };
    return [
      dispatch(kernels.avg_pool2d_backward, {
        bind,
        ...rest,
        overrides: { ...overrides, include_pad: attrs.includePad },
      }),
    ];
  },
  fuses: { epilogue: true },
});
