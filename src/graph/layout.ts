/**
 * Layouts: how a view reads the memory of another value.
 *
 * Strides and offset count elements. Reshape, permute, expand and slice only change the layout; consumers that can
 * read it in place do, and only for the others is it copied.
 */
import { quotient, remainder } from '../gpu/divide.ts';
import type { Shape } from './value.ts';

export interface Layout {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

export function contiguousStrides(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

export function contiguousLayout(shape: Shape): Layout {
  return { shape, strides: contiguousStrides(shape), offset: 0 };
}

/** True when elements lie in row-major order without gaps, whatever the offset. */
export function isContiguous(layout: Layout): boolean {
  let expected = 1;
  for (let axis = layout.shape.length - 1; axis >= 0; axis--) {
    if (layout.shape[axis] !== 1 && layout.strides[axis] !== expected) return false;
    expected *= layout.shape[axis]!;
  }
  return true;
}

/** The layout read with NumPy's broadcasting as `shape`. */
export function broadcastLayout(layout: Layout, shape: Shape): Layout {
  const lead = shape.length - layout.shape.length;
  const strides = shape.map((size, axis) => {
    const own = axis - lead;
    return own < 0 || (layout.shape[own] === 1 && size !== 1) ? 0 : layout.strides[own]!;
  });
  return { shape, strides, offset: layout.offset };
}

/** The layout with `shape`, if it can be had without a copy. */
export function reshapeLayout(layout: Layout, shape: Shape): Layout | null {
  if (isContiguous(layout)) return { shape, strides: contiguousStrides(shape), offset: layout.offset };
  // Axes of size 1 come and go freely.
  const strides = layout.strides.filter((_, axis) => layout.shape[axis] !== 1);
  const before = layout.shape.filter((size) => size !== 1);
  const after = shape.filter((size) => size !== 1);
  if (before.join() !== after.join()) return null;
  let next = 0;
  return { shape, strides: shape.map((size) => (size === 1 ? 0 : strides[next++]!)), offset: layout.offset };
}

interface Dimension {
  size: number;
  stride: number;
}

/** Axes merged where they lie behind one another; axes of size 1 dropped. Outermost first. */
function collapse(layout: Layout): Dimension[] {
  const merged: Dimension[] = [];
  layout.shape.forEach((size, axis) => {
    if (size === 1) return;
    const stride = layout.strides[axis]!;
    const last = merged.at(-1);
    if (last && last.stride === stride * size) {
      last.size *= size;
      last.stride = stride;
    } else merged.push({ size, stride });
  });
  return merged;
}

/**
 * WGSL for the element that row-major index `i` of the layout's shape stands for. Where the pattern is a row or a
 * column of a grid with `cols` columns, `row` and `col` are used, so that the text does not depend on the size.
 */
export function indexExpression(layout: Layout, cols: number | null): string {
  const dimensions = collapse(layout);
  const terms: string[] = layout.offset === 0 ? [] : [`${layout.offset}u`];
  let suffix = dimensions.reduce((product, { size }) => product * size, 1);
  const total = suffix;
  for (const { size, stride } of dimensions) {
    const above = suffix;
    suffix /= size;
    if (stride === 0) continue;
    terms.push(scaled(coordinate(above, suffix, total, cols), stride));
  }
  return terms.length ? terms.join(' + ') : '0u';
}

function coordinate(above: number, below: number, total: number, cols: number | null): string {
  if (above === total) {
    if (below === 1) return 'i';
    return below === cols ? 'row' : quotient('i', below);
  }
  if (below === 1) return above === cols ? 'col' : remainder('i', above);
  return remainder(below === cols ? 'row' : quotient('i', below), above / below);
}

function scaled(term: string, stride: number): string {
  // Strides below 0, of flipped axes, come out right because u32 wraps.
  return stride === 1 ? term : `${term} * ${stride >>> 0}u`;
}

/** The columns of the grid in which the layout is a row vector or a column vector, if it is one. */
export function gridColumns(layout: Layout): number | null {
  const dimensions = collapse(layout);
  if (dimensions.length < 2) return null;
  const last = dimensions.at(-1)!;
  return last.stride === 0 || last.stride === 1 ? last.size : null;
}
