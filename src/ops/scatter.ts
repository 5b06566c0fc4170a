/**
 * Reading and writing by an index for each element, and counting. Results that meet are added in order of the index,
 * so they are the same bits in every run.
 */
import { ask } from '../graph/ask.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { sameShape, show } from '../graph/value.ts';
import { add, div, eq, ge, gt, le, mul, sub, where, type Operand } from './arithmetic.ts';
import { to } from './copy.ts';
import { ones } from './create.ts';
import { checkIndex, gridOf, indexAddOp, indexSelectOp, lastIndexOp } from './gather.ts';
import { max, min, sum } from './reduce.ts';
import { normalizeAxis } from './shapes.ts';
import { pad } from './pad.ts';
import { flatten, reshape, slice, unsqueeze } from './views.ts';

/** x cut to the sizes of an index on all other axes. */
function fitted(op: string, x: Tensor, axis: number, index: Tensor): Tensor {
  if (x.ndim !== index.ndim || index.shape.some((size, other) => other !== axis && size > x.shape[other]!))
    throw new Error(
      `${op}: index ${show(index.shape)} must have the ${x.ndim} axes of ${show(x.shape)} and be no larger outside axis ${axis}.`,
    );
  return index.shape.reduce((part, size, other) => (other === axis ? part : slice(part, other, 0, size)), x);
}

/**
 * As torch.gather: out[i][j][k] = x[i][index[i][j][k]][k] for axis 1.
 *
 * @param index int32 of as many axes, no larger outside the axis
 * @throws Error for an index out of range where the host knows it; otherwise such an element is zero.
 */
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  const at = normalizeAxis('gather', axis, x.shape);
  checkIndex('gather', index, x.shape[at]!, axis, x.shape);
  const part = fitted('gather', x, at, index);
  return apply(indexSelectOp, [part, index], gridOf(part, at, true));
}

/** The source cut to the index, and how what is gathered lies within x. */
function scattering(op: string, x: Tensor, axis: number, index: Tensor, source: Tensor) {
  const at = normalizeAxis(op, axis, x.shape);
  checkIndex(op, index, x.shape[at]!, axis, x.shape);
  const part = fitted(op, x, at, index);
  const from = fitted(op, source, at, index);
  if (from.shape[at]! < index.shape[at]!)
    throw new Error(
      `${op}: index ${show(index.shape)} is larger than the source ${show(source.shape)} on axis ${axis}.`,
    );
  const borders = x.shape.flatMap((size, other) => [0, size - part.shape[other]!].toReversed()).toReversed();
  return {
    from: slice(from, at, 0, index.shape[at]),
    grid: gridOf(part, at, true),
    whole: (result: Tensor): Tensor => pad(result, borders),
  };
}

/**
 * As torch's scatter_add: x with x[i][index[i][j][k]][k] += source[i][j][k] for axis 1, in order of j.
 *
 * @param index int32 of as many axes, no larger than the source, nor than x outside the axis
 * @throws Error for an index out of range where the host knows it; otherwise such an element goes nowhere.
 */
export function scatterAdd(x: Tensor, axis: number, index: Tensor, source: Tensor): Tensor {
  const { from, grid, whole } = scattering('scatterAdd', x, axis, index, to(source, x.dtype));
  return add(x, whole(apply(indexAddOp, [from, index], grid)));
}

/**
 * As torch's scatter: x with x[i][index[i][j][k]][k] = source[i][j][k] for axis 1; of several the last j counts.
 *
 * @param source a tensor no smaller than the index, or a number
 */
export function scatter(x: Tensor, axis: number, index: Tensor, source: Operand): Tensor {
  const tensor = typeof source === 'number' ? index : to(source, x.dtype);
  const { from, grid, whole } = scattering('scatter', x, axis, index, tensor);
  const last = apply(lastIndexOp, [index], grid);
  const isHit = whole(ge(last, 0));
  if (typeof source === 'number') return to(where(isHit, source, x), x.dtype);
  return where(isHit, whole(apply(indexSelectOp, [from, last], gridOf(from, grid.axis, true))), x);
}

/**
 * x with the slices of `source` added where `index` names them along the axis, in order, times alpha.
 *
 * @param index int32 [count]
 */
export function indexAdd(
  x: Tensor,
  axis: number,
  index: Tensor,
  source: Tensor,
  options: { alpha?: number } = {},
): Tensor {
  const at = normalizeAxis('indexAdd', axis, x.shape);
  checkIndex('indexAdd', index, x.shape[at]!, axis, x.shape);
  const fits = index.ndim === 1 && sameShape(x.shape.with(at, index.numel), source.shape);
  if (!fits)
    throw new Error(
      `indexAdd: source is ${show(source.shape)} and index ${show(index.shape)}; they must be [count], and ${show(x.shape)} with count on axis ${axis}.`,
    );
  const added = apply(indexAddOp, [to(source, x.dtype), index], gridOf(x, at, false));
  return add(x, mul(added, options.alpha ?? 1));
}

/** Indices that one invocation of a count goes through. */
const STRETCH = 1024;

/**
 * How often each number occurs, or the sum of its weights: bins 0 to the greatest number, or to `minlength` - 1.
 *
 * @param x int32 [count]; what the bins do not hold is left out
 * @throws Error where neither the host knows the greatest number nor minlength is given
 */
export function bincount(x: Tensor, options: { weights?: Tensor; minlength?: number } = {}): Tensor {
  const { weights = ones(x.shape, { dtype: 'int32' }), minlength = 0 } = options;
  const bins = Math.max(
    minlength,
    ask(x, (_, greatest) => greatest + 1, 0),
  );
  if (x.dtype !== 'int32' || x.ndim !== 1 || !sameShape(weights.shape, x.shape))
    throw new Error(
      `bincount: needs int32 [count] and weights of its shape, got ${x.dtype} ${show(x.shape)} and ${show(weights.shape)}.`,
    );
  if (!Number.isInteger(bins) || bins < 1)
    throw new Error(
      `bincount: only the GPU knows the greatest number. Give the number of bins as minlength, now ${minlength}.`,
    );
  const rows = Math.max(1, Math.ceil(x.numel / STRETCH));
  const length = Math.ceil(x.numel / rows) || 0;
  const lines = (tensor: Tensor, value: number): Tensor =>
    reshape(pad(tensor, [0, rows * length - x.numel], { value }), [rows, length]);
  const grid = { outer: rows, size: bins, inner: 1, axis: 1, each: true };
  return sum(apply(indexAddOp, [lines(weights, 0), lines(x, -1)], grid), 0);
}

/**
 * How many elements lie in each of equally wide bins from min to max, as float32; from the least to the greatest
 * element where both are 0.
 */
export function histc(x: Tensor, options: { bins?: number; min?: number; max?: number } = {}): Tensor {
  const { bins = 100, min: low = 0, max: high = 0 } = options;
  const given = low !== 0 || high !== 0;
  if (!Number.isInteger(bins) || bins < 1 || low > high)
    throw new Error(`histc: ${bins} bins from ${low} to ${high}. Use at least 1, and min below max.`);
  const flat = flatten(to(x, 'float32'));
  const least: Operand = given ? low : min(flat);
  const width = given ? high - low : sub(max(flat), least);
  // Equal elements lie in the middle of a range of 2.
  const from = where(eq(width, 0), sub(least, 1), least);
  const size = where(eq(width, 0), 2, width);
  const place = mul(div(sub(flat, from), size), bins);
  const bin = where(ge(place, bins), bins - 1, to(place, 'int32'));
  const inside = gt(mul(ge(place, 0), le(place, bins)), 0);
  return to(bincount(where(inside, bin, -1), { minlength: bins }), 'float32');
}

/**
 * How many elements of the sorted lines lie below each value, or, with `right`, not above it: int32 of the values'
 * shape. NaN lies behind all others.
 *
 * @param sorted [size], or as values but for the last axis
 */
export function searchsorted(sorted: Tensor, values: Tensor, options: { right?: boolean } = {}): Tensor {
  if (sorted.ndim !== 1 && !sameShape(sorted.shape.slice(0, -1), values.shape.slice(0, -1)))
    throw new Error(
      `searchsorted: sorted is ${show(sorted.shape)} and values are ${show(values.shape)}. Use one axis, or equal axes but for the last.`,
    );
  const lines = sorted.ndim === 1 ? sorted : unsqueeze(sorted, -2);
  const behind = (options.right ? gt : ge)(lines, unsqueeze(values, -1));
  return sub(sorted.shape.at(-1)!, sum(behind, -1));
}

/** For each value, the bin between sorted boundaries that it lies in: `searchsorted` with the values first. */
export function bucketize(values: Tensor, boundaries: Tensor, options: { right?: boolean } = {}): Tensor {
  return searchsorted(boundaries, values, options);
}

/** Not possible here: sizes are known before anything runs, and this one depends on the mask. */
export function maskedSelect(x: Tensor, mask: Tensor): never {
  throw new Error(
    `maskedSelect: the size of the result depends on the mask ${show(mask.shape)}, and shapes are known before anything runs. ` +
      `Keep ${show(x.shape)} with where(mask, x, 0) and reduce it, or read the mask with data() and use indexSelect().`,
  );
}

/** Not possible here: sizes are known before anything runs, and this one depends on the elements. */
export function nonzero(x: Tensor): never {
  throw new Error(
    `nonzero: the size of the result depends on the elements of ${show(x.shape)}, and shapes are known before anything runs. ` +
      'Use the mask x.ne(0) itself, countNonzero(), or read the elements with data().',
  );
}
