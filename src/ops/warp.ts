/**
 * Deformation of images, for augmentation. Its inputs take no gradient.
 */
import warpKernels from '../../shaders/warp.wgsl';
import { defineOp } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show } from '../graph/value.ts';
import { dispatch, spread } from './dispatch.ts';
import { requireFloat } from './shapes.ts';

const warpOp = defineOp({
  name: 'warp',
  inputs: null,
  shape(inputs) {
    requireFloat('warp', inputs);
    return [inputs[0]!];
  },
  lower({ inputs, limits, input, output }) {
    const [n, channels, rows, cols] = inputs[0]!.shape as [number, number, number, number];
    const size = n * channels * rows * cols;
    const { workgroups, width } = spread(size, limits);
    const params = { size, channels, rows, cols, width };
    const bind = { x: input(0), theta: input(1), y: output(0) };
    return inputs.length === 2
      ? [dispatch(warpKernels.warp, { bind, params, workgroups })]
      : [dispatch(warpKernels.warp_field, { bind: { ...bind, d: input(2) }, params, workgroups })];
  },
});

/**
 * Images read at other places, bilinearly, the border repeated outside: pixel p of the result is what `x` has at
 * middle + A (p - middle) + t + d(p). No gradient flows through.
 *
 * @param x float32 [n, channels, rows, cols]
 * @param theta [n, 2, 3]: A and t of each image, in pixels, x before y
 * @param field displacements d [n, 2, rows, cols] in pixels, x before y
 */
export function warp(x: Tensor, theta: Tensor, field?: Tensor): Tensor {
  const [n, , rows, cols] = x.shape;
  const fits = (given: Tensor | undefined, ...shape: unknown[]): boolean =>
    !given || given.shape.join() === shape.join();
  if (x.ndim !== 4 || !fits(theta, n, 2, 3) || !fits(field, n, 2, rows, cols))
    throw new Error(
      `warp: x is ${show(x.shape)}, theta ${show(theta.shape)}${field ? `, field ${show(field.shape)}` : ''}. ` +
        'They must be [n, channels, rows, cols], [n, 2, 3] and [n, 2, rows, cols].',
    );
  return apply(warpOp, field ? [x, theta, field] : [x, theta], {});
}
