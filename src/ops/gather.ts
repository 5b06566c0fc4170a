/**
 * Choosing along an axis by index, and joining along an axis.
 */
import concatKernel from '../../shaders/concat.wgsl';
import gatherKernels from '../../shaders/gather.wgsl';
import { defineOp } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, show } from '../graph/value.ts';
import { to } from './copy.ts';
import { dispatch, spread } from './dispatch.ts';
import { normalizeAxis, promote } from './shapes.ts';
import { slice } from './views.ts';

interface Grid {
  outer: number;
  size: number;
  inner: number;
  axis: number;
}

const indexSelectOp = defineOp<'index', Grid>({
  name: 'index_select',
  inputs: ['x', 'index'],
  saves: ['index'],
  selects: true,
  shape: ([x, index], { axis }) => [{ shape: x!.shape.with(axis, index!.shape[0]!), dtype: x!.dtype }],
  lower({ inputs, attrs: { outer, size, inner }, limits, input, output }) {
    const count = inputs[1]!.shape[0]!;
    const { workgroups, width } = spread(outer * count * inner, limits);
    const bind = { x: input(0), index: input(1), y: output(0) };
    return [dispatch(gatherKernels.gather, { bind, params: { outer, size, inner, count, width }, workgroups })];
  },
  backward({ grads: [dy], saved: { index }, attrs }) {
    return [apply(indexSelectBackwardOp, [dy!, index], attrs), null];
  },
});

const indexSelectBackwardOp = defineOp<never, Grid>({
  name: 'index_select_backward',
  inputs: ['dy', 'index'],
  shape: ([dy], { axis, size }) => [{ shape: dy!.shape.with(axis, size), dtype: 'float32' }],
  lower({ inputs, attrs: { outer, size, inner }, limits, input, output }) {
    const count = inputs[1]!.shape[0]!;
    const { workgroups, width } = spread(outer * size * inner, limits);
    const bind = { dy: input(0), index: input(1), dx: output(0) };
    return [
      dispatch(gatherKernels.gather_backward, { bind, params: { outer, size, inner, count, width }, workgroups }),
    ];
  },
});

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
  const size = x.shape[at]!;
  const { bounds } = index.value;
  if (bounds && (bounds[0] < 0 || bounds[1] >= size))
    throw new Error(
      `indexSelect: index goes from ${bounds[0]} to ${bounds[1]}, and axis ${axis} of ${show(x.shape)} has ${size} places. Use 0 to ${size - 1}.`,
    );
  const grid = { outer: numel(x.shape.slice(0, at)), size, inner: numel(x.shape.slice(at + 1)), axis: at };
  return apply(indexSelectOp, [x, index], grid);
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
