/**
 * Sorting along an axis, and what follows from it: the greatest k, medians and quantiles.
 */
import kernels from '../../shaders/sort.wgsl';
import { defineOp, type Dispatch, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, show } from '../graph/value.ts';
import { add, le, mul, sub, where } from './arithmetic.ts';
import { to } from './copy.ts';
import { dispatch, spread, spreadGroups } from './dispatch.ts';
import { gridOf, permuteLinesOp } from './gather.ts';
import type { ReduceOptions } from './reduce.ts';
import { gather } from './scatter.ts';
import { normalizeAxis } from './shapes.ts';
import { narrow, select } from './shaping.ts';
import { reshape, transpose, unsqueeze } from './views.ts';

interface Attrs {
  descending: boolean;
}

/** Rows up to here are sorted by counting, for which nothing must wait. */
const SHORT = 64;
/**
 * Pairs in workgroup memory: 16 KiB, which every device has. SwiftShader takes 1.4 ms to compile each; by
 * 256 rows of 10,000 compile in an eighth of the time, and take a quarter longer.
 */
const CAPACITY = { hardware: 2048, software: 256 };

/** Along the last axis. */
const argsortOp = defineOp<never, Attrs>({
  name: 'argsort',
  inputs: ['x'],
  shape: ([x]) => [{ shape: x!.shape, dtype: 'int32' }],
  lower: lowerSort,
});

function lowerSort({ inputs: [x], attrs, limits, software, input, output, scratch }: LowerContext<Attrs>): Dispatch[] {
  const size = x!.shape.at(-1)!;
  const rows = numel(x!.shape.slice(0, -1));
  const order = { floats: x!.dtype === 'float32', descending: attrs.descending };
  const fixed = { rows, size, parts: 0, span: 0, distance: 0 };
  const ends = { x: input(0), index: output(0) };
  if (size <= SHORT) {
    const { workgroups, width } = spread(rows * size, limits);
    return [dispatch(kernels.sort_rank, { bind: ends, params: { ...fixed, width }, overrides: order, workgroups })];
  }
  const whole = 2 ** Math.ceil(Math.log2(size));
  const most = CAPACITY[software ? 'software' : 'hardware'];
  // One of twice the size compiles no longer than the two kernels that sort and merge blocks.
  const capacity = software && whole === 2 * most ? whole : Math.min(most, whole);
  const lanes = software ? 4 : Math.min(256, capacity / 2);
  const constants = { CAPACITY: capacity };
  const overrides = { ...order, lanes };
  const blocks = Math.ceil(size / capacity);
  const { workgroups, width } = spreadGroups(rows * blocks, limits);
  const params = { ...fixed, width, parts: blocks };
  if (blocks === 1) return [dispatch(kernels.sort_rows, { bind: ends, params, overrides, constants, workgroups })];
  const pairs = scratch(rows * size * 8);
  const steps = [
    dispatch(kernels.sort_blocks, { bind: { x: ends.x, pairs }, params, overrides, constants, workgroups }),
  ];
  for (let span = 2 * capacity; span / 2 < size; span *= 2) {
    const parts = (Math.ceil(size / span) * span) / 2;
    for (let distance = span / 2; distance >= capacity; distance /= 2) {
      const far = spread(rows * parts, limits);
      const step = { rows, size, width: far.width, parts, span, distance };
      steps.push(dispatch(kernels.sort_far, { bind: { pairs }, params: step, workgroups: far.workgroups }));
    }
    const bind = { pairs, index: ends.index };
    steps.push(dispatch(kernels.sort_near, { bind, params, overrides: { lanes }, constants, workgroups }));
  }
  return steps;
}

interface SortOptions {
  descending?: boolean;
}

/** Where the elements in ascending order stand along the axis: int32. Stable; NaN counts as greatest. */
export function argsort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  if (x.ndim === 0) return reshape(argsort(reshape(x, [1])), []);
  const at = normalizeAxis('argsort', axis, x.shape);
  const last = at === x.ndim - 1 ? x : transpose(x, at, -1);
  const found = apply(argsortOp, [x.dtype === 'bool' ? to(last, 'int32') : last], {
    descending: options.descending ?? false,
  });
  return last === x ? found : transpose(found, at, -1);
}

/** The elements in ascending order along the axis, and where they stood. Stable; NaN counts as greatest. */
export function sort(x: Tensor, axis = -1, options: SortOptions = {}): [Tensor, Tensor] {
  const index = argsort(x, axis, options);
  if (x.ndim === 0) return [x, index];
  return [apply(permuteLinesOp, [x, index], gridOf(x, normalizeAxis('sort', axis, x.shape), true)), index];
}

/** The k greatest elements along the axis, or the k least, in order, and where they stand. */
export function topk(x: Tensor, k: number, axis = -1, options: { largest?: boolean } = {}): [Tensor, Tensor] {
  const at = normalizeAxis('topk', axis, x.shape);
  const size = x.shape[at]!;
  if (!Number.isInteger(k) || k < 0 || k > size)
    throw new Error(`topk: k ${k} of axis ${axis} of ${show(x.shape)}. Use a whole number from 0 to ${size}.`);
  const index = narrow(argsort(x, at, { descending: options.largest ?? true }), at, 0, k);
  return [gather(x, at, index), index];
}

type Place = (size: number) => number;

/** What lies at a place of the sorted elements along the axis, or of all, or between two of them; NaN if there is one. */
function ranked(name: string, x: Tensor, axis: number | undefined, options: ReduceOptions, place: Place): Tensor {
  const from = axis === undefined ? reshape(x, [x.numel]) : x;
  const at = normalizeAxis(name, axis ?? 0, from.shape);
  const size = from.shape[at]!;
  if (size === 0) throw new Error(`${name}: ${show(x.shape)} has no elements there. Check for an empty batch.`);
  const [lines] = sort(from, at);
  const exact = place(size);
  const below = select(lines, at, Math.floor(exact));
  const share = exact % 1;
  const found = share ? add(below, mul(sub(select(lines, at, Math.ceil(exact)), below), share)) : below;
  // NaN is the one number that is not at most infinity, and it is sorted behind all others.
  const last = select(lines, at, -1);
  const result = x.dtype === 'float32' ? where(le(last, Infinity), found, last) : found;
  if (!options.keepdim) return result;
  return axis === undefined
    ? reshape(
        result,
        x.shape.map(() => 1),
      )
    : unsqueeze(result, at);
}

/**
 * The q-quantile along the axis, or of all, between two elements in proportion; NaN if there is one.
 *
 * @param q from 0 to 1
 */
export function quantile(x: Tensor, q: number, axis?: number, options: ReduceOptions = {}): Tensor {
  if (!(q >= 0 && q <= 1)) throw new Error(`quantile: q must be from 0 to 1, got ${q}.`);
  return ranked('quantile', to(x, 'float32'), axis, options, (size) => q * (size - 1));
}

/** The middle element along the axis, or of all, the lesser of two; NaN if there is one. The value alone. */
export function median(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  return ranked('median', x, axis, options, (size) => Math.floor((size - 1) / 2));
}
