/**
 * Reductions over any axes: sum, mean, max, argmax.
 *
 * Axes that lie together reduce in one pass over [outer, size, inner]; others one run of axes after another.
 */
import reduce from '../../shaders/reduce.wgsl';
import { defineOp, type Dispatch, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, sameShape, show, type Shape } from '../graph/value.ts';
import { div, eq, mul } from './arithmetic.ts';
import { to } from './copy.ts';
import { dispatch, spread, spreadGroups } from './dispatch.ts';
import { normalizeAxes, normalizeAxis, requireFloat } from './shapes.ts';
import { expand, reshape } from './views.ts';

/** One run of axes: [outer, size, inner]. */
interface Run {
  outer: number;
  size: number;
  inner: number;
  scale: number;
}

const shapeOf = ({ outer, inner }: Run): Shape => [outer * inner];

/** Rows at least this long, and few enough to leave most of a GPU idle, get a workgroup each. */
const LONG_ROW = 256;
const FEW_ROWS = 4096;

function lowerReduce(
  { attrs, limits, software, input, output }: LowerContext<Run>,
  strided: typeof reduce.sum_strided,
  rows?: typeof reduce.sum_rows,
): Dispatch[] {
  const { outer, size, inner, scale } = attrs;
  const outputs = outer * inner;
  const bind = { x: input(0), y: output(0) };
  const hooks = { prologue: 'x', epilogue: true } as const;
  if (rows && inner === 1 && size >= LONG_ROW && outputs <= FEW_ROWS && !(software && outputs >= GROUP)) {
    const { workgroups, width } = spreadGroups(outputs, limits);
    return [dispatch(rows, { bind, params: { outer, size, inner, width, scale }, workgroups, ...hooks })];
  }
  const { workgroups, width } = spread(outputs, limits);
  return [dispatch(strided, { bind, params: { outer, size, inner, width, scale }, workgroups, ...hooks })];
}

const GROUP = 64;

const sumOp = defineOp<never, Run>({
  name: 'sum',
  inputs: ['x'],
  shape(inputs, attrs) {
    requireFloat('sum', inputs);
    return [{ shape: shapeOf(attrs), dtype: 'float32' }];
  },
  lower: (context) => lowerReduce(context, reduce.sum_strided, reduce.sum_rows),
  fuses: { prologue: 0, epilogue: true },
  backward({ grads, attrs: { outer, size, inner, scale }, inputs }) {
    const dy = scale === 1 ? grads[0]! : mul(grads[0]!, scale);
    return [reshape(expand(reshape(dy, [outer, 1, inner]), [outer, size, inner]), inputs[0]!.shape)];
  },
});

const maxOp = defineOp<'x' | 'out', Run>({
  name: 'max',
  inputs: ['x'],
  saves: ['x', 'out'],
  shape: (_, attrs) => [{ shape: shapeOf(attrs), dtype: 'float32' }],
  lower: (context) => lowerReduce(context, reduce.max_strided),
  fuses: { prologue: 0, epilogue: true },
  // torch's amax: equal maxima share the gradient.
  backward({ grads, saved: { x, out }, attrs: { outer, size, inner } }) {
    const grid = [outer, size, inner];
    const isMax = to(eq(reshape(x, grid), reshape(out, [outer, 1, inner])), 'float32');
    const share = div(reshape(grads[0]!, [outer, 1, inner]), sum(isMax, 1, { keepdim: true }));
    return [reshape(mul(isMax, share), x.shape)];
  },
});

const argmaxOp = defineOp<never, Run>({
  name: 'argmax',
  inputs: ['x'],
  shape: (_, attrs) => [{ shape: shapeOf(attrs), dtype: 'int32' }],
  lower({ attrs, limits, input, output }) {
    const { outer, size, inner, scale } = attrs;
    const { workgroups, width } = spread(outer * inner, limits);
    const bind = { x: input(0), index: output(0) };
    const params = { outer, size, inner, width, scale };
    return [dispatch(reduce.argmax_strided, { bind, params, workgroups, prologue: 'x' })];
  },
  fuses: { prologue: 0 },
});

interface ReduceOptions {
  /** Keep reduced axes with size 1. */
  keepdim?: boolean;
}

type Axes = number | readonly number[];

/** Sum over the axes, or over all. int32 and bool are summed as int32. */
export function sum(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const result = reduceRuns(sumOp, 'sum', to(x, 'float32'), axes, options, 1);
  return x.dtype === 'float32' ? result : to(result, 'int32');
}

/** Mean over the axes, or over all. */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const count = numel(normalizeAxes('mean', axes, x.shape).map((axis) => x.shape[axis]!));
  if (count === 0)
    throw new Error(`mean: nothing to average, ${show(x.shape)} has no elements there. Check for an empty batch.`);
  return reduceRuns(sumOp, 'mean', to(x, 'float32'), axes, options, 1 / count);
}

/** Greatest element along the axes, or of all; NaN if there is one. */
export function max(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const count = numel(normalizeAxes('max', axes, x.shape).map((axis) => x.shape[axis]!));
  if (count === 0)
    throw new Error(`max: ${show(x.shape)} has no elements there, and so no greatest. Check for an empty batch.`);
  const result = reduceRuns(maxOp, 'max', to(x, 'float32'), axes, options, 1);
  return to(result, x.dtype);
}

/** Index of the greatest element along the axis, the first of equals; of the flattened tensor if no axis is given. */
export function argmax(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  const from = axis === undefined ? reshape(x, [x.numel]) : x;
  const at = normalizeAxis('argmax', axis ?? 0, from.shape);
  if (from.shape[at] === 0)
    throw new Error(`argmax: ${show(x.shape)} has no elements there. Check for an empty batch.`);
  const found = apply(argmaxOp, [to(from, 'float32')], runOf(from.shape, at, at, 1));
  if (axis === undefined) return reshape(found, options.keepdim ? x.shape.map(() => 1) : []);
  return reshape(found, options.keepdim ? from.shape.with(at, 1) : from.shape.toSpliced(at, 1));
}

function runOf(shape: Shape, first: number, last: number, scale: number): Run {
  return {
    outer: numel(shape.slice(0, first)),
    size: numel(shape.slice(first, last + 1)),
    inner: numel(shape.slice(last + 1)),
    scale,
  };
}

function reduceRuns(
  op: typeof sumOp | typeof maxOp,
  name: string,
  x: Tensor,
  axes: Axes | undefined,
  { keepdim = false }: ReduceOptions,
  scale: number,
): Tensor {
  const normal = normalizeAxes(name, axes, x.shape);
  let result = x;
  let shape = [...x.shape];
  let rest = scale;
  for (let end = normal.length - 1; end >= 0;) {
    let start = end;
    while (start > 0 && normal[start - 1] === normal[start]! - 1) start--;
    const run = runOf(shape, normal[start]!, normal[end]!, rest);
    result = apply(op as typeof sumOp, [result], run);
    shape = shape.map((size, axis) => (normal.slice(start, end + 1).includes(axis) ? 1 : size));
    rest = 1;
    end = start - 1;
  }
  const kept = shape.filter((_, axis) => !normal.includes(axis));
  return reshape(result, keepdim ? shape : kept);
}

/** The gradient of broadcasting: summed over the axes that were added or grown. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.ndim - shape.length;
  const axes = x.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && x.shape[axis] !== 1));
  return reshape(axes.length ? sum(x, axes) : x, shape);
}
