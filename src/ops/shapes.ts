/**
 * Shape rules that many ops share, with their errors.
 */
import { show, type DType, type Shape, type Spec } from '../graph/value.ts';

/** NumPy's broadcasting of all shapes. */
export function broadcastShapes(op: string, shapes: readonly Shape[]): number[] {
  const ndim = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: ndim }, (_, axis) => {
    let size = 1;
    for (const shape of shapes) {
      const own = shape[axis - ndim + shape.length] ?? 1;
      if (own === 1 || own === size) continue;
      if (size !== 1)
        throw new Error(
          `${op}: shapes do not broadcast. Got ${shapes.map(show).join(' and ')}; axis ${axis - ndim} is ${size} and ${own}, ` +
            'and sizes must be equal or 1.',
        );
      size = own;
    }
    return size;
  });
}

/** The axis counted from 0. */
export function normalizeAxis(op: string, axis: number, shape: Shape): number {
  const ndim = shape.length;
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim)
    throw new Error(
      ndim === 0
        ? `${op}: axis ${axis} does not exist, the tensor is a scalar.`
        : `${op}: axis ${axis} does not exist in shape ${show(shape)}. Use ${-ndim} to ${ndim - 1}.`,
    );
  return axis < 0 ? axis + ndim : axis;
}

/** Axes counted from 0, in ascending order; all of them if none is given. */
export function normalizeAxes(op: string, axes: number | readonly number[] | undefined, shape: Shape): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  const list = typeof axes === 'number' ? [axes] : axes;
  const normal = list.map((axis) => normalizeAxis(op, axis, shape)).toSorted((a, b) => a - b);
  const twice = normal.find((axis, index) => axis === normal[index + 1]);
  if (twice !== undefined)
    throw new Error(`${op}: axis ${twice} is given twice, in [${list.join(', ')}]. Name each axis once.`);
  return normal;
}

export function checkShape(op: string, shape: Shape): void {
  for (const size of shape)
    if (!Number.isInteger(size) || size < 0)
      throw new Error(`${op}: shape ${show(shape)} has the size ${size}. Sizes must be whole numbers from 0.`);
  if (shape.length > MAX_RANK)
    throw new Error(`${op}: shape ${show(shape)} has ${shape.length} axes. At most ${MAX_RANK} are supported.`);
}

const MAX_RANK = 8;

export function requireFloat(op: string, inputs: readonly Spec[]): void {
  for (const { dtype, shape } of inputs)
    if (dtype !== 'float32')
      throw new Error(`${op}: needs float32, got ${dtype} ${show(shape)}. Convert it with to('float32').`);
}

/** The dtype in which values of several dtypes meet: float32 over int32 over bool. */
export function promote(dtypes: readonly DType[]): DType {
  if (dtypes.includes('float32')) return 'float32';
  return dtypes.includes('int32') ? 'int32' : 'bool';
}
