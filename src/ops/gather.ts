/**
 * Choosing along an axis by index, and joining along an axis.
 */
import concatKernel from '../../shaders/concat.wgsl';
import kernels from '../../shaders/gather.wgsl';
import { checkRange } from '../graph/ask.ts';
import { defineOp, type Dispatch, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, show, type Shape, type Spec } from '../graph/value.ts';
import { to } from './copy.ts';
import { dispatch, spread } from './dispatch.ts';
import { elementConstants } from './reduce.ts';
import { normalizeAxis, promote } from './shapes.ts';
import { argsort } from './sort.ts';
import { slice } from './views.ts';

/** x as [outer, size, inner]; `each`: the index has an entry for every element, not for every slice. */
interface Grid {
  outer: number;
  size: number;
  inner: number;
  axis: number;
  each: boolean;
}

export function gridOf({ shape }: Tensor, axis: number, each: boolean): Grid {
  return { outer: numel(shape.slice(0, axis)), size: shape[axis]!, inner: numel(shape.slice(axis + 1)), axis, each };
}

/** What the kernels of the family share, with an invocation for each of `places` on the axis. */
function geometry({ inputs, attrs: { each, ...attrs }, limits }: LowerContext<Grid>, places: 'size' | 'count') {
  const { outer, size, inner, axis } = attrs;
  const index = inputs.at(-1)!.shape;
  const count = index[each ? axis : 0]!;
  const { workgroups, width } = spread(outer * (places === 'size' ? size : count) * inner, limits);
  return { params: { outer, size, inner, count, width }, overrides: { each }, workgroups };
}

function lowerGather(context: LowerContext<Grid>): Dispatch[] {
  const { input, output } = context;
  const bind = { x: input(0), index: input(1), y: output(0) };
  return [dispatch(kernels.gather, { bind, ...geometry(context, 'count') })];
}

function chosenShape([x, index]: readonly Spec[], { axis, each }: Grid): Spec[] {
  return [{ shape: x!.shape.with(axis, index!.shape[each ? axis : 0]!), dtype: x!.dtype }];
}

export const indexSelectOp: OpDefinition<'index', Grid> = defineOp<'index', Grid>({
  name: 'index_select',
  inputs: ['x', 'index'],
  saves: ['index'],
  selects: true,
  shape: chosenShape,
  lower: lowerGather,
  backward: ({ grads: [dy], saved: { index }, attrs }) => [apply(indexAddOp, [dy!, index], attrs), null],
});

/** Each slice or element of x added up in the places that the index names, in order of the index. */
export const indexAddOp: OpDefinition<'index', Grid> = defineOp<'index', Grid>({
  name: 'index_add',
  inputs: ['x', 'index'],
  saves: ['index'],
  shape: ([x], { axis, size }) => [{ shape: x!.shape.with(axis, size), dtype: x!.dtype }],
  lower(context) {
    const { inputs, input, output } = context;
    const bind = { dy: input(0), index: input(1), dx: output(0) };
    const constants = elementConstants(inputs[0]!.dtype);
    return [dispatch(kernels.gather_backward, { bind, constants, ...geometry(context, 'size') })];
  },
  backward: ({ grads: [dy], saved: { index }, attrs }) => [apply(indexSelectOp, [dy!, index], attrs), null],
});

/** For each place, the last index that names it, or -1. */
export const lastIndexOp: OpDefinition<never, Grid> = defineOp<never, Grid>({
  name: 'last_index',
  inputs: ['index'],
  shape: ([index], { axis, size }) => [{ shape: index!.shape.with(axis, size), dtype: 'int32' }],
  lower(context) {
    const bind = { index: context.input(0), last: context.output(0) };
    return [dispatch(kernels.gather_last, { bind, ...geometry(context, 'size') })];
  },
});

/** A permutation of each line along the axis: of all gathers the one whose gradient is a gather, by the inverse. */
export const permuteLinesOp: OpDefinition<'index', Grid> = defineOp<'index', Grid>({
  name: 'sort',
  inputs: ['x', 'index'],
  saves: ['index'],
  selects: true,
  shape: ([x]) => [x!],
  lower: lowerGather,
  backward: ({ grads: [dy], saved: { index }, attrs }) => [
    apply(permuteLinesOp, [dy!, argsort(index, attrs.axis)], attrs),
    null,
  ],
});

/** @throws Error for an index that is no int32, or out of range where the host knows it. */
export function checkIndex(op: string, index: Tensor, size: number, axis: number, shape: Shape): void {
  if (index.dtype !== 'int32')
    throw new Error(
      `${op}: index must be int32, got ${index.dtype} ${show(index.shape)}. Convert it with to('int32').`,
    );
  checkRange(
    index,
    0,
    size - 1,
    (least, greatest) =>
      `${op}: index goes from ${least} to ${greatest}, and axis ${axis} of ${show(shape)} has ${size} places. Use 0 to ${size - 1}.`,
  );
}

/**
 * The slices of x along the axis that `index` names, in its order.
 *
 * @param index int32 [count]
 * @throws Error for an index out of range where the host knows it; otherwise such a slice is zero.
 */
export function indexSelect(x: Tensor, axis: number, index: Tensor): Tensor {
  const at = normalizeAxis('indexSelect', axis, x.shape);
  if (index.dtype !== 'int32' || index.ndim !== 1)
    throw new Error(`indexSelect: index must be int32 with one axis, got ${index.dtype} ${show(index.shape)}.`);
  checkIndex('indexSelect', index, x.shape[at]!, axis, x.shape);
  return apply(indexSelectOp, [x, index], gridOf(x, at, false));
}

const concatOp = defineOp<never, { axis: number }>({
  name: 'concat',
  inputs: null,
  shape: (inputs, { axis }) => {
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return [{ shape: inputs[0]!.shape.with(axis, total), dtype: inputs[0]!.dtype }];
  },
  lower({ inputs, outputs, attrs: { axis }, limits, input, output }) {
    const { shape } = outputs[0]!;
    const outer = numel(shape.slice(0, axis));
    const inner = numel(shape.slice(axis + 1));
    let start = 0;
    return inputs.map((each, index) => {
      const size = each.shape[axis]!;
      const { workgroups, width } = spread(outer * size * inner, limits);
      const params = { outer, size, inner, total: shape[axis]!, start, width };
      start += size;
      return dispatch(concatKernel.concat, { bind: { x: input(index), y: output(0) }, params, workgroups });
    });
  },
  backward({ grads: [dy], inputs, attrs: { axis }, needs }) {
    let start = 0;
    return inputs.map(({ shape }, index) => {
      const from = start;
      start += shape[axis]!;
      return needs[index] ? slice(dy!, axis, from, start) : null;
    });
  },
});

/** The tensors one behind another along the axis; all other axes must agree. */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (!first) throw new Error('concat: got no tensors. Give at least one.');
  const at = normalizeAxis('concat', axis, first.shape);
  for (const { shape } of tensors)
    if (shape.length !== first.ndim || shape.some((size, other) => other !== at && size !== first.shape[other]))
      throw new Error(
        `concat: shapes ${tensors.map(({ shape: each }) => show(each)).join(', ')} differ outside axis ${axis}. Make the other axes equal.`,
      );
  const dtype = promote(tensors.map((tensor) => tensor.dtype));
  return tensors.length === 1
    ? first
    : apply(
        concatOp,
        tensors.map((tensor) => to(tensor, dtype)),
        { axis: at },
      );
}
