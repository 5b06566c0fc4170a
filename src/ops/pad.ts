/**
 * Padding: a tensor in its place within a larger one. The gradient of a slice is one, with gaps where the slice skips.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show, type DType, type Shape } from '../graph/value.ts';
import { literal } from './arithmetic.ts';
import { definePointwise } from './define-pointwise.ts';
import { slice } from './views.ts';

interface Attrs {
  shape: Shape;
  /** Where the first element lies on each axis, and how far apart the next ones. */
  start: readonly number[];
  step: readonly number[];
}

const ZERO: Record<DType, string> = { float32: '0.0', int32: '0', bool: 'false' };

const padOp = definePointwise<never, Attrs>({
  name: 'pad',
  inputs: ['x', 'fill'],
  whole: [0],
  dtype: ([x]) => x!.dtype,
  shape: ({ shape }) => shape,
  expression([x, fill], attrs, [from]) {
    const { shape: lengths, dtype } = from!;
    const index: string[] = [];
    const inside: string[] = [];
    let above = 1;
    let aboveX = 1;
    for (const { size, start, step, length } of merged(attrs, lengths).toReversed()) {
      const place = `(i / ${above}u % ${size}u - ${start}u)`;
      const turn = step > 1 ? `(${place} / ${step}u)` : place;
      // Below the start, the difference wraps to a great number.
      if (size !== length) inside.push(`(${turn} < ${length}u)`);
      if (step > 1) inside.push(`(${place} % ${step}u == 0u)`);
      index.push(`${turn} * ${aboveX}u`);
      above *= size;
      aboveX *= length;
    }
    const read = `${x}[${index.join(' + ') || '0u'}]`;
    const value = dtype === 'bool' ? `(${read} != 0u)` : read;
    return `select(${fill ?? ZERO[dtype]}, ${value}, ${inside.join(' & ') || 'true'})`;
  },
  backward({ grads: [dy], inputs: [x], attrs: { start, step } }) {
    let result = dy!;
    x!.shape.forEach((length, axis) => {
      const end = length ? start[axis]! + (length - 1) * step[axis]! + 1 : start[axis]!;
      result = slice(result, axis, start[axis]!, end, step[axis]);
    });
    return [result, null];
  },
});

/** The axes, with those that are not padded taken into the ones before them. */
function merged({ shape, start, step }: Attrs, lengths: Shape): Record<'size' | 'start' | 'step' | 'length', number>[] {
  const axes: Record<'size' | 'start' | 'step' | 'length', number>[] = [];
  shape.forEach((size, axis) => {
    const length = lengths[axis]!;
    const last = axes.at(-1);
    if (last?.step === 1 && size === length) {
      last.size *= size;
      last.start *= size;
      last.length *= size;
    } else axes.push({ size, start: start[axis]!, step: step[axis]!, length });
  });
  return axes;
}

/** x within zeros of the given shape: element j of an axis at `start + j * step`. */
export function padTo(
  x: Tensor,
  shape: Shape,
  start: readonly number[],
  step: readonly number[] = shape.map(() => 1),
): Tensor {
  return apply(padOp, [x], { shape, start, step });
}

/**
 * x with borders of one value, as torch's F.pad: `pad` is [before, after] of the last axis, then of the one before it,
 * and so on. Numbers below 0 cut away.
 */
export function pad(x: Tensor, pad: readonly number[], options: { value?: number } = {}): Tensor {
  const { value = 0 } = options;
  if (pad.length % 2 || pad.length > 2 * x.ndim || !pad.every(Number.isInteger))
    throw new Error(
      `pad: [${pad.join(', ')}] must be whole numbers, two for each axis from the last, and ${show(x.shape)} has ${x.ndim} axes.`,
    );
  let inner = x;
  const start = x.shape.map(() => 0);
  const shape = x.shape.map((size, axis) => {
    const [before = 0, after = 0] = pad.slice(2 * (x.ndim - 1 - axis));
    const total = size + before + after;
    if (total < 0)
      throw new Error(`pad: ${before} and ${after} leave ${total} of axis ${axis} of ${show(x.shape)}. Cut away less.`);
    const first = Math.min(size, Math.max(0, -before));
    inner = slice(inner, axis, first, Math.max(first, size + Math.min(0, after)));
    start[axis] = Math.max(0, before);
    return total;
  });
  if (inner.shape.every((size, axis) => size === shape[axis])) return inner;
  const inputs = value === 0 ? [inner] : [inner, literal(value, x.dtype)];
  return apply(padOp, inputs, { shape, start, step: shape.map(() => 1) });
}
