/**
 * Copy and cast: the pointwise ops without arithmetic.
 */
import type { OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import type { DType } from '../graph/value.ts';
import { definePointwise } from './define-pointwise.ts';

export const copyOp: OpDefinition = definePointwise({
  name: 'copy',
  inputs: ['x'],
  copies: true,
  dtype: ([x]) => x!.dtype,
  expression: ([x]) => x!,
  backward: ({ grads }) => [grads[0]!],
});

/** A tensor of the same values with memory of its own. Gradients flow through. */
export function clone(x: Tensor): Tensor {
  return apply(copyOp, [x], {});
}

const CAST: Record<DType, (x: string) => string> = {
  float32: (x) => `f32(${x})`,
  int32: (x) => `i32(${x})`,
  bool: (x) => `bool(${x})`,
};

const castOp = definePointwise<never, { dtype: DType }>({
  name: 'to',
  inputs: ['x'],
  dtype: (_, { dtype }) => dtype,
  expression: ([x], { dtype }) => CAST[dtype](x!),
  backward: ({ grads }) => [grads[0]!],
});

/** The values as another dtype: float to int cuts towards 0, anything but 0 is true. */
export function to(x: Tensor, dtype: DType): Tensor {
  if (!(dtype in CAST)) throw new Error(`to: unknown dtype ${dtype as string}. Use float32, int32 or bool.`);
  return x.dtype === dtype ? x : apply(castOp, [x], { dtype });
}
