/**
 * Running sums and products along an axis.
 */
import kernels from '../../shaders/scan.wgsl';
import { defineOp, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel } from '../graph/value.ts';
import { div, eq, gt, mul, where } from './arithmetic.ts';
import { to } from './copy.ts';
import { dispatch, spread, spreadGroups } from './dispatch.ts';
import { elementConstants } from './reduce.ts';
import { normalizeAxis } from './shapes.ts';

interface Attrs {
  axis: number;
  fromEnd?: boolean;
}

/** On a GPU, rows at least this long get a workgroup each. */
const LONG_ROW = 256;

function defineScan<const Saved extends string = never>(
  name: 'cumsum' | 'cumprod',
  saves: readonly Saved[],
  backward: NonNullable<OpDefinition<Saved, Attrs>['backward']>,
): OpDefinition<Saved, Attrs> {
  return defineOp<Saved, Attrs>({
    name,
    inputs: ['x'],
    saves,
    shape: ([x]) => [x!],
    lower({ inputs: [x], attrs: { axis, fromEnd = false }, limits, software, input, output }) {
      const { shape, dtype } = x!;
      const [outer, size, inner] = [numel(shape.slice(0, axis)), shape[axis]!, numel(shape.slice(axis + 1))];
      const long = inner === 1 && size >= LONG_ROW && !software;
      const { workgroups, width } = long ? spreadGroups(outer, limits) : spread(outer * inner, limits);
      const bind = { x: input(0), y: output(0) };
      const params = { outer, size, inner, width };
      const overrides = { product: name === 'cumprod', from_end: fromEnd };
      const call = { bind, params, overrides, constants: elementConstants(dtype), workgroups };
      return [dispatch(long ? kernels.scan_rows : kernels.scan_strided, call)];
    },
    backward,
  });
}

const cumsumOp: OpDefinition<never, Attrs> = defineScan(
  'cumsum',
  [],
  ({ grads: [dy], attrs: { axis, fromEnd = false } }) => [apply(cumsumOp, [dy!], { axis, fromEnd: !fromEnd })],
);

/**
 * Where no factor is 0, dx = (sum from the end of dy * y) / x. The first zero takes what the products were without it,
 * and nothing behind it has a gradient.
 */
const cumprodOp: OpDefinition<'x' | 'out', Attrs> = defineScan(
  'cumprod',
  ['x', 'out'],
  ({ grads: [dy], saved: { x, out }, attrs: { axis } }) => {
    const fromEnd = (terms: Tensor): Tensor => apply(cumsumOp, [terms], { axis, fromEnd: true });
    const isZero = eq(x, 0);
    const zeros = cumsum(isZero, axis);
    const isFirst = gt(mul(isZero, eq(zeros, 1)), 0);
    const without = apply(cumprodOp, [where(isFirst, 1, x)], { axis });
    const behind = where(isFirst, fromEnd(mul(dy!, without)), 0);
    return [where(eq(zeros, 0), div(fromEnd(mul(dy!, out)), where(isZero, 1, x)), behind)];
  },
);

function scan(op: typeof cumsumOp | typeof cumprodOp, x: Tensor, axis: number): Tensor {
  const at = normalizeAxis(op.name, axis, x.shape);
  return apply(op as typeof cumsumOp, [x.dtype === 'bool' ? to(x, 'int32') : x], { axis: at });
}

/** Running sum along the axis. int32 stays exact, and bool counts as int32. */
export function cumsum(x: Tensor, axis: number): Tensor {
  return scan(cumsumOp, x, axis);
}

/** Running product along the axis. Its gradient is exact at zeros. */
export function cumprod(x: Tensor, axis: number): Tensor {
  return scan(cumprodOp, x, axis);
}
