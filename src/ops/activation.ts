/**
 * Activations, element by element.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import type { DType, Spec } from '../graph/value.ts';
import { mul, sub } from './arithmetic.ts';
import { to } from './copy.ts';
import { definePointwise } from './define-pointwise.ts';
import { requireFloat } from './shapes.ts';

const float =
  (name: string) =>
  (inputs: readonly Spec[]): DType => {
    requireFloat(name, inputs);
    return 'float32';
  };

const reluOp = definePointwise({
  name: 'relu',
  inputs: ['x'],
  saves: ['out'],
  dtype: float('relu'),
  expression: ([x]) => `relu(${x})`,
  backward: ({ grads: [dy], saved: { out } }) => [apply(reluBackwardOp, [dy!, out], {})],
});

const reluBackwardOp = definePointwise({
  name: 'relu_backward',
  inputs: ['dy', 'y'],
  dtype: float('relu_backward'),
  expression: ([dy, y]) => `relu_backward(${dy}, ${y})`,
});

/** max(x, 0); NaN stays NaN. Gradient 0 at 0. */
export function relu(x: Tensor): Tensor {
  return apply(reluOp, [to(x, 'float32')], {});
}

const sigmoidOp = definePointwise({
  name: 'sigmoid',
  inputs: ['x'],
  saves: ['out'],
  dtype: float('sigmoid'),
  expression: ([x]) => `sigmoid(${x})`,
  backward: ({ grads: [dy], saved: { out } }) => [mul(dy!, mul(out, sub(1, out)))],
});

/** 1 / (1 + e^-x) */
export function sigmoid(x: Tensor): Tensor {
  return apply(sigmoidOp, [to(x, 'float32')], {});
}

const tanhOp = definePointwise({
  name: 'tanh',
  inputs: ['x'],
  saves: ['out'],
  dtype: float('tanh'),
  expression: ([x]) => `tanh_stable(${x})`,
  backward: ({ grads: [dy], saved: { out } }) => [mul(dy!, sub(1, mul(out, out)))],
});

/** Hyperbolic tangent, accurate near 0 and finite everywhere. */
export function tanh(x: Tensor): Tensor {
  return apply(tanhOp, [to(x, 'float32')], {});
}
