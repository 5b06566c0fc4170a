/**
 * Reductions over any axes: sum, mean, prod, and extremes with their places.
 *
 * Axes that lie together reduce in one pass over [outer, size, inner]; others one run of axes after another.
 */
import reduce from '../../shaders/reduce.wgsl';
import { defineOp, type Dispatch, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, sameShape, show, type DType, type Shape } from '../graph/value.ts';
import { add, div, eq, mul, where } from './arithmetic.ts';
import { to } from './copy.ts';
import { dispatch, spread, spreadGroups } from './dispatch.ts';
import { normalizeAxes, normalizeAxis } from './shapes.ts';
import { expand, reshape } from './views.ts';

/** One run of axes: [outer, size, inner]. */
export interface Run {
  outer: number;
  size: number;
  inner: number;
  scale: number;
}

const shapeOf = ({ outer, inner }: Run): Shape => [outer * inner];

/** Rows at least this long, and few enough to leave most of a GPU idle, get a workgroup each. */
const LONG_ROW = 256;
const FEW_ROWS = 4096;
const GROUP = 64;

/** As the shaders number them. */
const OPERATION = { prod: 0, min: 1, max: 2 } as const;

interface Grid {
  params: Run & { width: number };
  constants: Record<string, number | string>;
  workgroups: [number, number, number];
  prologue: 'x';
}

/** By an invocation for each result, or a workgroup. */
function byRows(
  { attrs, inputs, limits, software, choose }: LowerContext<Run>,
  make: (long: boolean, grid: Grid) => Dispatch,
): readonly Dispatch[] {
  const { outer, size, inner } = attrs;
  const outputs = outer * inner;
  const by = (long: boolean) => () => {
    const { workgroups, width } = long ? spreadGroups(outputs, limits) : spread(outputs, limits);
    const constants = elementConstants(inputs[0]!.dtype, { FLOATS: 0 });
    return [make(long, { params: { ...attrs, width }, constants, workgroups, prologue: 'x' })];
  };
  if (inner > 1 || size < GROUP) return by(false)();
  const long = size >= LONG_ROW && outputs <= FEW_ROWS && !(software && outputs >= GROUP);
  return choose(long ? '64 lanes' : '1 lane', { '1 lane': by(false), '64 lanes': by(true) });
}

/** What makes a kernel of floats one of integers. */
export function elementConstants(dtype: DType, others: Record<string, number> = {}): Record<string, number | string> {
  return dtype === 'int32' ? { Element: 'i32', ...others } : {};
}

export const sumOp: OpDefinition<never, Run> = defineOp<never, Run>({
  name: 'sum',
  inputs: ['x'],
  shape: ([x], attrs) => [{ shape: shapeOf(attrs), dtype: x!.dtype }],
  lower(context) {
    const bind = { x: context.input(0), y: context.output(0) };
    return byRows(context, (long, call) =>
      dispatch(long ? reduce.sum_rows : reduce.sum_strided, { bind, epilogue: true, ...call }),
    );
  },
  fuses: { prologue: 0, epilogue: true },
  backward({ grads, attrs: { outer, size, inner, scale }, inputs }) {
    const dy = scale === 1 ? grads[0]! : mul(grads[0]!, scale);
    return [reshape(expand(reshape(dy, [outer, 1, inner]), [outer, size, inner]), inputs[0]!.shape)];
  },
});

type FoldOp = OpDefinition<'x' | 'out', Run>;

function defineFold(name: 'prod' | 'max' | 'min', backward: NonNullable<FoldOp['backward']>): FoldOp {
  return defineOp<'x' | 'out', Run>({
    name,
    inputs: ['x'],
    saves: ['x', 'out'],
    shape: ([x], attrs) => [{ shape: shapeOf(attrs), dtype: x!.dtype }],
    lower(context) {
      const bind = { x: context.input(0), y: context.output(0) };
      const overrides = { operation: OPERATION[name] };
      return byRows(context, (long, call) =>
        dispatch(long ? reduce.fold_rows : reduce.fold_strided, { bind, overrides, epilogue: true, ...call }),
      );
    },
    fuses: { prologue: 0, epilogue: true },
    backward,
  });
}

/** torch's amax and amin: equal extremes share the gradient. */
const shareGradient: NonNullable<FoldOp['backward']> = ({ grads, saved: { x, out }, attrs }) => {
  const { outer, size, inner } = attrs;
  const isExtreme = to(eq(reshape(x, [outer, size, inner]), reshape(out, [outer, 1, inner])), 'float32');
  const share = div(reshape(grads[0]!, [outer, 1, inner]), sum(isExtreme, 1, { keepdim: true }));
  return [reshape(mul(isExtreme, share), x.shape)];
};

const maxOp = defineFold('max', shareGradient);
const minOp = defineFold('min', shareGradient);

/** Each factor's gradient is the product of the others, which division gives only where there is no zero. */
const prodOp = defineFold('prod', ({ grads, saved: { x }, attrs: { outer, size, inner } }) => {
  const grid = reshape(x, [outer, size, inner]);
  const isZero = eq(grid, 0);
  const zeros = sum(isZero, 1, { keepdim: true });
  const nonzero = where(isZero, 1, grid);
  const product = prod(nonzero, 1, { keepdim: true });
  const others = where(isZero, where(eq(zeros, 1), product, 0), where(eq(zeros, 0), div(product, nonzero), 0));
  return [reshape(mul(reshape(grads[0]!, [outer, 1, inner]), others), x.shape)];
});

const defineArg = (name: 'argmax' | 'argmin'): OpDefinition<never, Run> =>
  defineOp<never, Run>({
    name,
    inputs: ['x'],
    shape: (_, attrs) => [{ shape: shapeOf(attrs), dtype: 'int32' }],
    lower(context) {
      const bind = { x: context.input(0), index: context.output(0) };
      const overrides = { operation: OPERATION[name === 'argmax' ? 'max' : 'min'] };
      return byRows(context, (long, call) =>
        dispatch(long ? reduce.arg_rows : reduce.arg_strided, { bind, overrides, ...call }),
      );
    },
    fuses: { prologue: 0 },
  });

const argmaxOp = defineArg('argmax');
const argminOp = defineArg('argmin');

export interface ReduceOptions {
  /** Keep reduced axes with size 1. */
  keepdim?: boolean;
}

export type Axes = number | readonly number[];

/** bool counts as int32; int32 is reduced exactly, modulo 2^32. */
const number = (x: Tensor): Tensor => (x.dtype === 'bool' ? to(x, 'int32') : x);

/** Sum over the axes, or over all. int32 and bool are summed as int32. */
export function sum(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return reduceRuns(sumOp, 'sum', number(x), axes, options, 1);
}

/** Mean over the axes, or over all. */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const count = countOf('mean', x, axes);
  if (count === 0)
    throw new Error(`mean: nothing to average, ${show(x.shape)} has no elements there. Check for an empty batch.`);
  return reduceRuns(sumOp, 'mean', to(x, 'float32'), axes, options, 1 / count);
}

/** How many elements each result is of. */
export function countOf(name: string, x: Tensor, axes: Axes | undefined): number {
  return numel(normalizeAxes(name, axes, x.shape).map((axis) => x.shape[axis]!));
}

/** Product over the axes, or over all: 1 of nothing. Its gradient is exact at zeros. */
export function prod(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  if (countOf('prod', x, axes) === 0) return add(sum(x, axes, options), 1);
  return reduceRuns(prodOp, 'prod', number(x), axes, options, 1);
}

function extreme(op: typeof maxOp, x: Tensor, axes: Axes | undefined, options: ReduceOptions): Tensor {
  if (countOf(op.name, x, axes) === 0)
    throw new Error(
      `${op.name}: ${show(x.shape)} has no elements there, and so no ${op === maxOp ? 'greatest' : 'least'}. Check for an empty batch.`,
    );
  return to(reduceRuns(op, op.name, number(x), axes, options, 1), x.dtype);
}

/**
 * Greatest element along the axes, or of all; NaN if there is one. The values alone, as torch's amax: equal maxima
 * share the gradient, and argmax gives the places.
 */
export function max(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return extreme(maxOp, x, axes, options);
}

/** Least element along the axes, or of all; as `max`. */
export function min(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return extreme(minOp, x, axes, options);
}

function argExtreme(op: typeof argmaxOp, x: Tensor, axis: number | undefined, options: ReduceOptions): Tensor {
  const from = axis === undefined ? reshape(x, [x.numel]) : x;
  const at = normalizeAxis(op.name, axis ?? 0, from.shape);
  if (from.shape[at] === 0)
    throw new Error(`${op.name}: ${show(x.shape)} has no elements there. Check for an empty batch.`);
  const found = apply(op, [number(from)], runOf(from.shape, at, at, 1));
  if (axis === undefined) return reshape(found, options.keepdim ? x.shape.map(() => 1) : []);
  return reshape(found, options.keepdim ? from.shape.with(at, 1) : from.shape.toSpliced(at, 1));
}

/** Index of the greatest element along the axis, the first of equals; of the flattened tensor if no axis is given. */
export function argmax(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  return argExtreme(argmaxOp, x, axis, options);
}

/** Index of the least element along the axis, the first of equals; of the flattened tensor if no axis is given. */
export function argmin(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  return argExtreme(argminOp, x, axis, options);
}

function runOf(shape: Shape, first: number, last: number, scale: number): Run {
  return {
    outer: numel(shape.slice(0, first)),
    size: numel(shape.slice(first, last + 1)),
    inner: numel(shape.slice(last + 1)),
    scale,
  };
}

export function reduceRuns(
  op: typeof sumOp | FoldOp,
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
