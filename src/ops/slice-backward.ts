/**
 * The gradient of a slice: the gradient in its place, zeros around it.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { contiguousStrides } from '../graph/layout.ts';
import type { Shape } from '../graph/value.ts';
import { definePointwise } from './define-pointwise.ts';

interface Attrs {
  shape: Shape;
  axis: number;
  start: number;
  length: number;
  step: number;
}

const sliceBackwardOp = definePointwise<never, Attrs>({
  name: 'slice_backward',
  inputs: ['dy'],
  whole: [0],
  dtype: () => 'float32',
  shape: ({ shape }) => shape,
  expression([dy], { shape, axis, start, length, step }) {
    const inner = contiguousStrides(shape)[axis]!;
    const place = `slice_place(i, ${inner}u, ${shape[axis]}u, ${start}u, ${step}u, ${length}u)`;
    return `select(0.0, ${dy}[max(${place}, 1u) - 1u], ${place} != 0u)`;
  },
});

export function sliceBackward(dy: Tensor, shape: Shape, attrs: Omit<Attrs, 'shape'>): Tensor {
  return apply(sliceBackwardOp, [dy], { shape, ...attrs });
}
