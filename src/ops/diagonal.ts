/**
 * Triangles, diagonals and one-hot vectors: what depends on where an element stands.
 */
import { ask } from '../graph/ask.ts';
import { defineOp } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, show, type Shape } from '../graph/value.ts';
import { eq, ge, le, sub, where } from './arithmetic.ts';
import { to } from './copy.ts';
import { definePointwise } from './define-pointwise.ts';
import { padTo } from './pad.ts';
import { movedim } from './shaping.ts';
import { expand, unsqueeze } from './views.ts';

const positionOp = definePointwise<never, { shape: Shape; axis: number }>({
  name: 'position',
  inputs: [],
  dtype: () => 'int32',
  shape: ({ shape }) => shape,
  expression: (_, { shape, axis }) => `i32(i / ${numel(shape.slice(axis + 1))}u % ${shape[axis]}u)`,
});

/** Where each element of the shape stands on an axis: int32, computed in the chain that reads it. */
function position(shape: Shape, axis: number): Tensor {
  return apply(positionOp, [], { shape, axis });
}

function triangle(name: string, x: Tensor, keeps: (offDiagonal: Tensor) => Tensor): Tensor {
  if (x.ndim < 2) throw new Error(`${name}: needs at least 2 axes, got ${show(x.shape)}.`);
  const offDiagonal = sub(position(x.shape, x.ndim - 1), position(x.shape, x.ndim - 2));
  return to(where(keeps(offDiagonal), x, 0), x.dtype);
}

/** The last two axes with zeros above the diagonal, or above the k-th diagonal over it. */
export function tril(x: Tensor, diagonal = 0): Tensor {
  return triangle('tril', x, (off) => le(off, diagonal));
}

/** The last two axes with zeros below the diagonal, or below the k-th diagonal over it. */
export function triu(x: Tensor, diagonal = 0): Tensor {
  return triangle('triu', x, (off) => ge(off, diagonal));
}

const diagonalOp = defineOp<never, { offset: number; length: number }>({
  name: 'diagonal',
  inputs: ['x'],
  shape: ([x], { length }) => [{ shape: [...x!.shape.slice(0, -2), length], dtype: x!.dtype }],
  view: ({ shape, strides, offset: start }, { offset, length }) => {
    const [down, right] = strides.slice(-2) as [number, number];
    return {
      shape: [...shape.slice(0, -2), length],
      strides: [...strides.slice(0, -2), down + right],
      offset: start + Math.max(0, offset) * right + Math.max(0, -offset) * down,
    };
  },
  backward: ({ grads, inputs, attrs: { offset } }) => [embed(grads[0]!, inputs[0]!.shape, offset)],
});

/** Zeros of the shape with x on a diagonal of the last two axes. */
function embed(x: Tensor, shape: Shape, offset: number): Tensor {
  const start = x.shape.map((_, axis) => (axis === x.ndim - 1 ? Math.max(0, -offset) : 0));
  const rows = padTo(x, shape.slice(0, -1), start);
  return tril(triu(expand(unsqueeze(rows, -1), shape), offset), offset);
}

/** The k-th diagonal over the main one, of the matrices that two axes make; it becomes the last axis. */
export function diagonal(x: Tensor, offset = 0, dim0 = 0, dim1 = 1): Tensor {
  const last = movedim(x, [dim0, dim1], [-2, -1]);
  const [rows, cols] = last.shape.slice(-2) as [number, number];
  const length = Math.max(0, Math.min(rows + Math.min(0, offset), cols - Math.max(0, offset)));
  if (!Number.isInteger(offset) || length === 0)
    throw new Error(`diagonal: ${show(x.shape)} has no diagonal ${offset}. Use ${1 - rows} to ${cols - 1}.`);
  return apply(diagonalOp, [last], { offset, length });
}

/** The diagonal of a matrix, or the matrix with this diagonal. */
export function diag(x: Tensor, diagonalOffset = 0): Tensor {
  if (x.ndim === 2) return diagonal(x, diagonalOffset);
  if (x.ndim !== 1) throw new Error(`diag: needs 1 or 2 axes, got ${show(x.shape)}. Or use diagonal().`);
  const side = x.numel + Math.abs(diagonalOffset);
  return embed(x, [side, side], diagonalOffset);
}

/**
 * int32 with a last axis of `classes`: 1 where it equals the index, 0 elsewhere, and all 0 for an index out of range.
 *
 * @param index int32 of any shape
 */
export function oneHot(index: Tensor, classes: number = ask(index, (_, greatest) => greatest + 1, Number.NaN)): Tensor {
  if (index.dtype !== 'int32' || !Number.isInteger(classes))
    throw new Error(
      `oneHot: needs int32 indices and the number of classes, got ${index.dtype} ${show(index.shape)} and ${classes}. ` +
        'Give both: oneHot(labels, 10).',
    );
  const shape = [...index.shape, classes];
  return to(eq(unsqueeze(index, -1), position(shape, index.ndim)), 'int32');
}
