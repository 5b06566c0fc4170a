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
    const size = shape[axis]!;
    const at = `(i / ${inner}u) % ${size}u`;
    const index = `(i / ${inner * size}u * ${length}u + (${at} - ${start}u) / ${step}u) * ${inner}u + i % ${inner}u`;
    const inside = `${at} >= ${start}u && (${at} - ${start}u) % ${step}u == 0u && (${at} - ${start}u) / ${step}u < ${length}u`;
    return `select(0.0, ${dy}[select(0u, ${index}, ${inside})], ${inside})`;
  },
});

export function sliceBackward(dy: Tensor, shape: Shape, attrs: Omit<Attrs, 'shape'>): Tensor {
  return apply(sliceBackwardOp, [dy], { shape, ...attrs });
}
