/**
 * Padding with borders of one value or of what lies in the image: mirrored, repeated or from the other side.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show, type Shape } from '../graph/value.ts';
import { add } from './arithmetic.ts';
import { definePointwise } from './define-pointwise.ts';
import { pad as padConstant, padTo } from './pad.ts';
import { sum } from './reduce.ts';
import { requireFloat } from './shapes.ts';
import { flip, slice } from './views.ts';

type Border = 'reflect' | 'replicate' | 'circular';

interface Attrs {
  mode: Border;
  shape: Shape;
  before: readonly number[];
}

export interface PadOptions {
  /** `reflect` mirrors at the outermost element, `replicate` repeats it, `circular` goes on at the other side. */
  mode?: 'constant' | Border;
  /** Of `constant` borders, 0 unless said otherwise. */
  value?: number;
}

/** WGSL of the element that is meant by a place outside 0 to size - 1. */
const INSIDE: Record<Border, (place: string, size: number) => string> = {
  reflect: (place, size) => `(${size - 1} - abs(${size - 1} - abs(${place})))`,
  replicate: (place, size) => `clamp(${place}, 0, ${size - 1})`,
  circular: (place, size) => `((${place} + ${size}) % ${size})`,
};

const borderOp = definePointwise<never, Attrs>({
  name: 'border',
  inputs: ['x'],
  whole: [0],
  dtype: () => 'float32',
  shape: ({ shape }) => shape,
  expression([x], { mode, shape, before }, [from]) {
    const index: string[] = [];
    let above = 1;
    let aboveX = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [size, length] = [shape[axis]!, from!.shape[axis]!];
      const place = `(i32(i / ${above}u % ${size}u) - ${before[axis]!})`;
      index.push(`${size === length ? place : INSIDE[mode](place, length)} * ${aboveX}`);
      above *= size;
      aboveX *= length;
    }
    return `${x}[${index.join(' + ')}]`;
  },
  // Borders are added to where they come from, an axis at a time.
  backward: ({ grads: [dy], inputs: [x], attrs: { mode, before } }) => [
    x!.shape.reduce((gradient, length, axis) => folded(gradient, mode, axis, before[axis]!, length), dy!),
  ],
});

function folded(dy: Tensor, mode: Border, axis: number, before: number, length: number): Tensor {
  const total = dy.shape[axis]!;
  if (total === length) return dy;
  const after = total - length - before;
  const part = (start: number, size: number): Tensor => slice(dy, axis, start, start + size);
  const at = (border: Tensor, start: number): Tensor =>
    padTo(
      border,
      dy.shape.with(axis, length),
      dy.shape.map((_, other) => (other === axis ? start : 0)),
    );
  let result = part(before, length);
  const fold = (border: Tensor, mirrored: number, wrapped: number, edge: number): void => {
    if (mode === 'reflect') result = add(result, at(flip(border, [axis]), mirrored));
    else if (mode === 'circular') result = add(result, at(border, wrapped));
    else result = add(result, at(sum(border, axis, { keepdim: true }), edge));
  };
  if (before) fold(part(0, before), 1, length - before, 0);
  if (after) fold(part(before + length, after), length - 1 - after, 0, length - 1);
  return result;
}

/** How much of an axis a border can show. */
const MOST: Record<Border, (size: number) => number> = {
  reflect: (size) => size - 1,
  replicate: () => Infinity,
  circular: (size) => size,
};

/**
 * x with borders, as torch's F.pad: `pad` is [before, after] of the last axis, then of the one before it, and so on.
 * Numbers below 0 cut away, in mode `constant`.
 *
 * @throws Error if a border is wider than what it shows: size - 1 for `reflect`, size for `circular`.
 */
export function pad(x: Tensor, pad: readonly number[], options: PadOptions = {}): Tensor {
  const { mode = 'constant', value = 0 } = options;
  if (mode === 'constant' || pad.length % 2 || pad.length > 2 * x.ndim) return padConstant(x, pad, { value });
  requireFloat('pad', [x]);
  if (x.numel === 0)
    throw new Error(`pad: x is ${show(x.shape)}, which has nothing to show in a border. Use mode 'constant'.`);
  if (!Object.hasOwn(MOST, mode))
    throw new Error(`pad: mode is '${mode as string}'. Use 'constant', 'reflect', 'replicate' or 'circular'.`);
  const sides = x.shape.map((_, axis) => {
    const [before = 0, after = 0] = pad.slice(2 * (x.ndim - 1 - axis));
    return [before, after] as const;
  });
  sides.forEach((side, axis) => {
    const size = x.shape[axis]!;
    const most = MOST[mode](size);
    if (!side.every((border) => Number.isInteger(border) && border >= 0 && border <= most))
      throw new Error(
        `pad: borders ${side.join(' and ')} of axis ${axis} of ${show(x.shape)}; in mode '${mode}' they must be whole numbers from 0${most < Infinity ? ` to ${most}` : ''}. Pad less, or use mode 'constant'.`,
      );
  });
  if (sides.every(([before, after]) => !before && !after)) return x;
  const shape = x.shape.map((size, axis) => size + sides[axis]![0] + sides[axis]![1]);
  return apply(borderOp, [x], { mode, shape, before: sides.map(([before]) => before) });
}
