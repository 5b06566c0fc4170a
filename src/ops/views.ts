/**
 * Views: reshape, permute, expand, slice, flip. They move no data; the planner folds them into what reads them.
 */
import { defineOp } from '../graph/define-op.ts';
import { reshapeLayout } from '../graph/layout.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, sameShape, show, type Shape } from '../graph/value.ts';
import { sumTo } from './reduce.ts';
import { broadcastShapes, checkShape, normalizeAxes, normalizeAxis } from './shapes.ts';
import { padTo } from './pad.ts';

const reshapeOp = defineOp<never, { shape: Shape }>({
  name: 'reshape',
  inputs: ['x'],
  shape: ([x], { shape }) => [{ shape, dtype: x!.dtype }],
  view: (layout, { shape }) => reshapeLayout(layout, shape),
  backward: ({ grads, inputs }) => [reshape(grads[0]!, inputs[0]!.shape)],
});

/** The same elements in row-major order with another shape; one size may be -1 and follows from the others. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const full = shape.map((size) => (size === -1 ? x.numel / known : size));
  const open = shape.filter((size) => size === -1).length;
  if (open > 1 || numel(full) !== x.numel || !full.every(Number.isInteger))
    throw new Error(
      `reshape: ${show(x.shape)} has ${x.numel} elements and ${show(shape)} ${open ? `needs a multiple of ${known}` : `has ${known}`}` +
        `${open > 1 ? ' (only one size may be -1)' : ''}. The numbers must be equal.`,
    );
  checkShape('reshape', full);
  return sameShape(full, x.shape) ? x : apply(reshapeOp, [x], { shape: full });
}

const permuteOp = defineOp<never, { dims: readonly number[] }>({
  name: 'permute',
  inputs: ['x'],
  shape: ([x], { dims }) => [{ shape: dims.map((axis) => x!.shape[axis]!), dtype: x!.dtype }],
  view: ({ shape, strides, offset }, { dims }) => ({
    shape: dims.map((axis) => shape[axis]!),
    strides: dims.map((axis) => strides[axis]!),
    offset,
  }),
  backward: ({ grads, attrs: { dims } }) => [
    permute(
      grads[0]!,
      dims.map((_, axis) => dims.indexOf(axis)),
    ),
  ],
});

/** The axes in another order. */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  const normal = dims.map((axis) => normalizeAxis('permute', axis, x.shape));
  if (normal.length !== x.ndim || new Set(normal).size !== x.ndim)
    throw new Error(`permute: [${dims.join(', ')}] does not name each of the ${x.ndim} axes of ${show(x.shape)} once.`);
  return normal.every((axis, index) => axis === index) ? x : apply(permuteOp, [x], { dims: normal });
}

/** Two axes exchanged; the last two unless others are named. */
export function transpose(x: Tensor, dim0 = -2, dim1 = -1): Tensor {
  if (x.ndim < 2) throw new Error(`transpose: needs at least 2 axes, got ${show(x.shape)}. Use reshape() to add one.`);
  const a = normalizeAxis('transpose', dim0, x.shape);
  const b = normalizeAxis('transpose', dim1, x.shape);
  const dims = x.shape.map((_, axis) => axis);
  [dims[a], dims[b]] = [b, a];
  return permute(x, dims);
}

const expandOp = defineOp<never, { shape: Shape }>({
  name: 'expand',
  inputs: ['x'],
  shape: ([x], { shape }) => [{ shape, dtype: x!.dtype }],
  view: (layout, { shape }) => {
    const lead = shape.length - layout.shape.length;
    const strides = shape.map((size, axis) => {
      const own = axis - lead;
      return own < 0 || (layout.shape[own] === 1 && size !== 1) ? 0 : layout.strides[own]!;
    });
    return { shape, strides, offset: layout.offset };
  },
  backward: ({ grads, inputs }) => [sumTo(grads[0]!, inputs[0]!.shape)],
});

/** Axes of size 1, and new ones in front, repeated to `shape` without a copy; -1 keeps a size. */
export function expand(x: Tensor, sizes: Shape): Tensor {
  const shape = sizes.map((size, axis) => (size === -1 ? (x.shape[axis - sizes.length + x.ndim] ?? -1) : size));
  checkShape('expand', shape);
  const wide = broadcastShapes('expand', [x.shape, shape]);
  if (!sameShape(wide, shape))
    throw new Error(`expand: ${show(x.shape)} does not expand to ${show(shape)}. Only axes of size 1 can grow.`);
  return sameShape(shape, x.shape) ? x : apply(expandOp, [x], { shape });
}

const sliceOp = defineOp<never, { axis: number; start: number; length: number; step: number }>({
  name: 'slice',
  inputs: ['x'],
  shape: ([x], { axis, length }) => [{ shape: x!.shape.with(axis, length), dtype: x!.dtype }],
  view: ({ shape, strides, offset }, { axis, start, length, step }) => ({
    shape: shape.with(axis, length),
    strides: strides.with(axis, strides[axis]! * step),
    offset: offset + start * strides[axis]!,
  }),
  backward: ({ grads, inputs, attrs: { axis, start, step } }) => {
    const { shape } = inputs[0]!;
    return [padTo(grads[0]!, shape, shape.map(() => 0).with(axis, start), shape.map(() => 1).with(axis, step))];
  },
});

/** Elements `start`, `start + step`, ... before `end` of one axis. Negative positions count from the end. */
export function slice(x: Tensor, axis: number, start: number, end?: number, step = 1): Tensor {
  const normal = normalizeAxis('slice', axis, x.shape);
  const size = x.shape[normal]!;
  const place = (position: number): number => Math.min(size, Math.max(0, position < 0 ? position + size : position));
  if (!Number.isInteger(step) || step < 1)
    throw new Error(`slice: step ${step} on axis ${axis} of ${show(x.shape)}. It must be a whole number from 1.`);
  if (![start, end ?? size].every(Number.isInteger))
    throw new Error(`slice: ${start} to ${end} on axis ${axis} of ${show(x.shape)}. Positions must be whole numbers.`);
  const first = place(start);
  const length = Math.max(0, Math.ceil((place(end ?? size) - first) / step));
  if (first === 0 && length === size && step === 1) return x;
  return apply(sliceOp, [x], { axis: normal, start: first, length, step });
}

const flipOp = defineOp<never, { axes: readonly number[] }>({
  name: 'flip',
  inputs: ['x'],
  shape: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  view: ({ shape, strides, offset }, { axes }) => ({
    shape,
    strides: strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
    offset: axes.reduce((at, axis) => at + Math.max(0, shape[axis]! - 1) * strides[axis]!, offset),
  }),
  backward: ({ grads, attrs: { axes } }) => [flip(grads[0]!, axes)],
});

/** The axes read from their end; all of them if none is given. */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  const normal = normalizeAxes('flip', axes, x.shape);
  return normal.length ? apply(flipOp, [x], { axes: normal }) : x;
}

const detachOp = defineOp({
  name: 'detach',
  inputs: ['x'],
  shape: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  view: (layout) => layout,
});

/** A tensor of the same value that no gradient flows through. */
export function detach(x: Tensor): Tensor {
  return x.requiresGrad ? apply(detachOp, [x], {}) : x;
}

/** Axes `start` to `end` made one. */
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  if (x.ndim === 0) return reshape(x, [1]);
  const from = normalizeAxis('flatten', start, x.shape);
  const to = normalizeAxis('flatten', end, x.shape);
  if (from > to) throw new Error(`flatten: start ${start} lies behind end ${end} in ${show(x.shape)}. Exchange them.`);
  return reshape(x, [...x.shape.slice(0, from), numel(x.shape.slice(from, to + 1)), ...x.shape.slice(to + 1)]);
}

/** A new axis of size 1 before `axis`. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis('unsqueeze', axis, [...x.shape, 1]);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Axes of size 1 dropped: the one named, or all. */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined)
    return reshape(
      x,
      x.shape.filter((size) => size !== 1),
    );
  const at = normalizeAxis('squeeze', axis, x.shape);
  return x.shape[at] === 1 ? reshape(x, x.shape.toSpliced(at, 1)) : x;
}
