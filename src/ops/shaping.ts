/**
 * Shapes by composition: parts of tensors, tensors side by side, repetitions. All are views, or one copy.
 */
import type { Tensor } from '../graph/tensor.ts';
import { sameShape, show, type Shape } from '../graph/value.ts';
import { where, type Operand } from './arithmetic.ts';
import { concat } from './gather.ts';
import { broadcastShapes, normalizeAxes, normalizeAxis } from './shapes.ts';
import { expand, flatten, permute, reshape, slice, unsqueeze } from './views.ts';

/** `length` elements of an axis from `start`, which may count from the end. */
export function narrow(x: Tensor, axis: number, start: number, length: number): Tensor {
  const at = normalizeAxis('narrow', axis, x.shape);
  const size = x.shape[at]!;
  const from = start < 0 ? start + size : start;
  if (![start, length].every(Number.isInteger) || from < 0 || length < 0 || from + length > size)
    throw new Error(`narrow: ${length} from ${start} do not lie in axis ${axis} of ${show(x.shape)}, of size ${size}.`);
  return slice(x, at, from, from + length);
}

/** One position of an axis, which is dropped. */
export function select(x: Tensor, axis: number, index: number): Tensor {
  const at = normalizeAxis('select', axis, x.shape);
  const size = x.shape[at]!;
  const from = index < 0 ? index + size : index;
  if (!Number.isInteger(index) || from < 0 || from >= size)
    throw new Error(
      `select: index ${index} is not in axis ${axis} of ${show(x.shape)}. Use whole numbers from ${-size} to ${size - 1}.`,
    );
  return reshape(slice(x, at, from, from + 1), x.shape.toSpliced(at, 1));
}

/** Parts of an axis: of one size, the last of which may be smaller, or of the sizes given. */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0): Tensor[] {
  const at = normalizeAxis('split', axis, x.shape);
  const size = x.shape[at]!;
  const each = typeof sizes === 'number' ? sizes : 1;
  if (!Number.isInteger(each) || each < 1)
    throw new Error(`split: parts of size ${each} of ${show(x.shape)}. Use a whole number from 1.`);
  const parts =
    typeof sizes === 'number'
      ? Array.from({ length: Math.max(1, Math.ceil(size / each)) }, (_, part) => Math.min(each, size - part * each))
      : sizes;
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total !== size || !parts.every((part) => Number.isInteger(part) && part >= 0))
    throw new Error(
      `split: sizes [${parts.join(', ')}] must be whole numbers that add up to ${size}, axis ${axis} of ${show(x.shape)}.`,
    );
  let start = 0;
  return parts.map((part) => slice(x, at, start, (start += part)));
}

/** The axis in at most `chunks` parts, all equally long but for the last. */
export function chunk(x: Tensor, chunks: number, axis = 0): Tensor[] {
  if (!Number.isInteger(chunks) || chunks < 1)
    throw new Error(`chunk: ${chunks} parts of ${show(x.shape)}. Use a whole number from 1.`);
  const size = x.shape[normalizeAxis('chunk', axis, x.shape)]!;
  return split(x, Math.max(1, Math.ceil(size / chunks)), axis);
}

/** Every position of an axis, which is dropped. */
export function unbind(x: Tensor, axis = 0): Tensor[] {
  const at = normalizeAxis('unbind', axis, x.shape);
  return Array.from({ length: x.shape[at]! }, (_, index) => select(x, at, index));
}

/** Tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const odd = tensors.find(({ shape }) => !sameShape(shape, tensors[0]!.shape));
  if (odd || !tensors.length)
    throw new Error(
      odd
        ? `stack: shapes differ, ${show(tensors[0]!.shape)} and ${show(odd.shape)}. Make them equal, or use concat().`
        : 'stack: got no tensors. Give at least one.',
    );
  const at = normalizeAxis('stack', axis, [...tensors[0]!.shape, 1]);
  return concat(
    tensors.map((tensor) => unsqueeze(tensor, at)),
    at,
  );
}

function repeatAxis(x: Tensor, axis: number, times: number, each: boolean): Tensor {
  const grown = unsqueeze(x, axis + Number(each));
  return flatten(expand(grown, grown.shape.with(axis + Number(each), times)), axis, axis + 1);
}

function checkRepeats(op: string, repeats: readonly number[]): void {
  if (!repeats.every((times) => Number.isInteger(times) && times >= 0))
    throw new Error(`${op}: repeats [${repeats.join(', ')}] must be whole numbers from 0.`);
}

/** The tensor over and over, as often as `repeats` says for each axis; further ones stand for new axes in front. */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  checkRepeats('tile', repeats);
  const lead = Math.max(0, repeats.length - x.ndim);
  const from = reshape(x, [...Array<number>(lead).fill(1), ...x.shape]);
  return repeats.reduceRight((result, times, index) => {
    return times === 1 ? result : repeatAxis(result, from.ndim - repeats.length + index, times, false);
  }, from);
}

/** As `tile`, with a number for each axis. */
export function repeat(x: Tensor, repeats: readonly number[]): Tensor {
  if (repeats.length < x.ndim)
    throw new Error(
      `repeat: [${repeats.join(', ')}] must have a number for each axis of ${show(x.shape)}. Or use tile().`,
    );
  return tile(x, repeats);
}

/** Each element `repeats` times in a row along the axis; of the flattened tensor if none is given. */
export function repeatInterleave(x: Tensor, repeats: number, axis?: number): Tensor {
  checkRepeats('repeatInterleave', [repeats]);
  const from = axis === undefined ? flatten(x) : x;
  return repeatAxis(from, normalizeAxis('repeatInterleave', axis ?? 0, from.shape), repeats, true);
}

/** Elements moved on by `shifts` along the axes, round the end; of the flattened tensor if none is given. */
export function roll(x: Tensor, shifts: number | readonly number[], axes?: number | readonly number[]): Tensor {
  if (axes === undefined) return reshape(roll(flatten(x), shifts, 0), x.shape);
  const along = [axes].flat();
  const by = [shifts].flat();
  if (by.length !== along.length || !by.every(Number.isInteger))
    throw new Error(
      `roll: shifts [${by.join(', ')}] must be whole numbers, one for each of the axes [${along.join(', ')}].`,
    );
  return along.reduce((result, axis, index) => {
    const at = normalizeAxis('roll', axis, x.shape);
    const size = x.shape[at]!;
    const shift = size ? ((by[index]! % size) + size) % size : 0;
    return shift ? slice(repeatAxis(result, at, 2, false), at, size - shift, 2 * size - shift) : result;
  }, x);
}

/** The axes `source` at the places `destination`; the others stay in order. */
export function movedim(
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const places = (axes: number | readonly number[]): number[] => {
    normalizeAxes('movedim', axes, x.shape);
    return [axes].flat().map((axis) => normalizeAxis('movedim', axis, x.shape));
  };
  const from = places(source);
  const to = places(destination);
  if (from.length !== to.length)
    throw new Error(
      `movedim: ${from.length} axes [${from.join(', ')}] for ${to.length} places [${to.join(', ')}]. Give as many.`,
    );
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  const dims = x.shape.map((_, place) => (to.includes(place) ? from[to.indexOf(place)]! : rest.shift()!));
  return permute(x, dims);
}

/** One axis as several, whose sizes multiply to its own; one may be -1. */
export function unflatten(x: Tensor, axis: number, sizes: Shape): Tensor {
  const at = normalizeAxis('unflatten', axis, x.shape);
  const known = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const size = x.shape[at]!;
  if (sizes.includes(-1) ? size % known : known !== size)
    throw new Error(`unflatten: [${sizes.join(', ')}] do not multiply to ${size}, axis ${axis} of ${show(x.shape)}.`);
  return reshape(x, x.shape.toSpliced(at, 1, ...sizes));
}

/** Expanded to the shape of another tensor. */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  return expand(x, other.shape);
}

/** In the shape of another tensor, of as many elements. */
export function viewAs(x: Tensor, other: Tensor): Tensor {
  return reshape(x, other.shape);
}

/** `value` where the mask holds, x elsewhere. */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  return where(mask, value, x);
}

/** All tensors with as many axes as there are tensors: grids of their elements. `indexing: 'xy'` exchanges the first two axes. */
export function meshgrid(tensors: readonly Tensor[], options: { indexing?: 'ij' | 'xy' } = {}): Tensor[] {
  const odd = tensors.find(({ ndim }) => ndim > 1);
  if (odd) throw new Error(`meshgrid: needs tensors of at most one axis, got ${show(odd.shape)}. Flatten it.`);
  const axis = (index: number): number =>
    options.indexing === 'xy' && index < 2 && tensors.length > 1 ? 1 - index : index;
  const placed = tensors.map((tensor, index) => {
    return reshape(tensor, tensors.map(() => 1).with(axis(index), tensor.numel));
  });
  const shape = broadcastShapes(
    'meshgrid',
    placed.map((tensor) => tensor.shape),
  );
  return placed.map((tensor) => expand(tensor, shape));
}
