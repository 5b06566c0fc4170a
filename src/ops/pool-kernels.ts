/**
 * The kernels of pooling: the greatest or the mean of each window, and the gradients. Which windows there are, pool.ts
 * knows.
 */
import kernels from '../../shaders/pool2d.wgsl';
import { defineOp, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import { apply } from '../graph/trace.ts';
import type { Shape } from '../graph/value.ts';
import { dispatch, spreadGroups } from './dispatch.ts';

export type Pair = readonly [y: number, x: number];

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

/** An invocation has a whole row on a software adapter, and one element on a GPU or where `single` says so. */
function geometry(
  { attrs, limits, software, outputs }: LowerContext<PoolAttrs>,
  shape: Shape = outputs[0]!.shape,
  single = false,
) {
  const [planes, lines, across] = shape as [number, number, number];
  const span = software && !single ? across : 1;
  const spans = across / span;
  const group = software && !single ? 16 : 64;
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
    const { input, output, needed } = context;
    const two = isTwoByTwo(context.attrs);
    const { overrides, ...rest } = geometry(context, context.outputs[0]!.shape, two);
    const bind = { x: input(0), y: output(0), index: output(1) };
    return [
      dispatch(two ? kernels.max_pool2d_2x2 : kernels.max_pool2d, {
        bind,
        ...rest,
        overrides: { ...overrides, with_index: needed(1) },
      }),
    ];
  },
  fuses: { epilogue: true },
  backward: ({ grads: [dy], saved: { out1 }, attrs }) => [apply(maxPoolBackwardOp, [dy!, out1], attrs)],
});

const maxPoolBackwardOp = defineOp<never, PoolAttrs>({
  name: 'max_pool2d_backward',
  inputs: ['dy', 'index'],
  shape: ([dy], { size }) => [{ shape: [dy!.shape[0]!, ...size], dtype: 'float32' }],
  lower(context) {
    const { input, output } = context;
    const bind = { dy: input(0), places: input(1), dx: output(0) };
    if (isTwoByTwo(context.attrs))
      return [
        dispatch(kernels.max_pool2d_2x2_backward, { bind, ...geometry(context, context.inputs[0]!.shape, true) }),
      ];
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
