/**
 * Sums of the slices that an index repeats, without atomics: the places of each slice are chained into a list first,
 * so that no slice looks through the whole index.
 */
import kernels from '../../shaders/index-lists.wgsl';
import type { Dispatch, LowerContext } from '../graph/define-op.ts';
import { numel } from '../graph/value.ts';
import { dispatch, spread } from './dispatch.ts';

interface Sizes {
  readonly size: number;
  readonly inner: number;
  readonly count: number;
}

/** Comparisons of a slice's elements with all places, from which lists are faster. */
const MANY = 2 ** 20;

/** Whether the lists pay: they take three dispatches, and a look back from every place. */
export function listsPay({ size, inner, count }: Sizes): boolean {
  return size * inner * count > Math.max(MANY, count * count);
}

/** Four numbers at once where slices have a multiple of four. */
export function fours(inner: number): { inner: number; constants: Record<string, string> } {
  return inner % 4 === 0 ? { inner: inner / 4, constants: { Element: 'vec4f' } } : { inner, constants: {} };
}

/** dx [size, inner] of inputs dy [count, inner] and index [count]. */
export function sumByLists({ limits, input, output, scratch }: LowerContext<object>, sizes: Sizes): Dispatch[] {
  const { size, count } = sizes;
  const { inner, constants } = fours(sizes.inner);
  const head = scratch(4 * size);
  const next = scratch(4 * count);
  const across = (invocations: number) => {
    const { workgroups, width } = spread(invocations, limits);
    return { params: { size, inner, count, width }, workgroups };
  };
  const bind = { heads: head, nexts: next, dy: input(0), dx: output(0) };
  return [
    dispatch(kernels.index_lists_clear, { bind: { head, next }, ...across(size + count) }),
    dispatch(kernels.index_lists_link, { bind: { index: input(1), head, next }, ...across(count) }),
    dispatch(kernels.index_lists_sum, { bind, constants, ...across(size * inner) }),
  ];
}

/** y of inputs x [size, inner] and index [...]. */
export function rowsOf({ inputs, limits, input, output }: LowerContext<object>): Dispatch[] {
  const [size, width] = inputs[0]!.shape as [number, number];
  const { inner, constants } = fours(width);
  const count = numel(inputs[1]!.shape);
  const { workgroups, width: across } = spread(count * inner, limits);
  const params = { size, inner, count, width: across };
  const bind = { index: input(1), x: input(0), y: output(0) };
  return [dispatch(kernels.index_lists_rows, { bind, params, constants, workgroups })];
}
