/**
 * Tensors in the shape of others, and grids.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { eq, literal } from './arithmetic.ts';
import { to } from './copy.ts';
import { arange, full, type TensorOptions } from './create.ts';
import { definePointwise } from './define-pointwise.ts';
import { checkShape } from './shapes.ts';
import { unsqueeze } from './views.ts';

type LikeOptions = Omit<TensorOptions, 'shape'>;

/** One value in the shape and dtype of x. */
export function fullLike(x: Tensor, value: number, options: LikeOptions = {}): Tensor {
  return full(x.shape, value, { dtype: x.dtype, ...options });
}

export function zerosLike(x: Tensor, options?: LikeOptions): Tensor {
  return fullLike(x, 0, options);
}

export function onesLike(x: Tensor, options?: LikeOptions): Tensor {
  return fullLike(x, 1, options);
}

/** float32 [rows, cols] with ones on the diagonal; square unless `cols` is given. */
export function eye(rows: number, cols: number = rows): Tensor {
  checkShape('eye', [rows, cols]);
  return to(eq(unsqueeze(arange(rows), 1), arange(cols)), 'float32');
}

const linspaceOp = definePointwise<never, { steps: number }>({
  name: 'linspace',
  inputs: ['start', 'end', 'step'],
  dtype: () => 'float32',
  shape: ({ steps }) => [steps],
  // From the nearer end, so that both are met exactly.
  expression: ([start, end, step], { steps }) =>
    `select(${end} - ${step} * f32(${Math.max(0, steps - 1)}u - i), ${start} + ${step} * f32(i), i < ${Math.ceil(steps / 2)}u)`,
});

/** `steps` numbers at equal distances from start to end, both included. */
export function linspace(start: number, end: number, steps: number): Tensor {
  checkShape('linspace', [steps]);
  const step = (end - start) / Math.max(1, steps - 1);
  return apply(linspaceOp, [literal(start), literal(end), literal(step)], { steps });
}
