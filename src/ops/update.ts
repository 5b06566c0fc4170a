/**
 * The optimisers' update ops: one dispatch for all parameters of a model, in place.
 *
 * Parameters, gradients and moments lie in slabs with equal offsets. `pack` stands for the slab of gradients: the
 * planner has each gradient written straight into its place there.
 */
import adamKernel from '../../shaders/adam.wgsl';
import sgdKernels from '../../shaders/sgd.wgsl';
import { defineOp, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { dispatch, spread } from './dispatch.ts';

interface PackAttrs {
  /** In bytes. */
  offsets: readonly number[];
  bytes: number;
}

const packOp = defineOp<never, PackAttrs>({
  name: 'pack',
  inputs: null,
  shape: (_, { bytes }) => [{ shape: [bytes / 4], dtype: 'float32' }],
  pack: (attrs) => attrs,
});

/** The tensors in one buffer, each at its offset. What lies between is zero. */
export function pack(tensors: readonly Tensor[], offsets: readonly number[], bytes: number): Tensor {
  return apply(packOp, tensors, { offsets, bytes });
}

function sizes({ inputs, limits }: LowerContext<object>): {
  params: { size: number; width: number };
  workgroups: [number, number, number];
} {
  const size = inputs[0]!.shape[0]! / 4;
  const { workgroups, width } = spread(size, limits);
  return { params: { size, width }, workgroups };
}

const sgdOp = defineOp({
  name: 'sgd',
  inputs: ['p', 'grad', 'hyper'],
  writes: [0],
  shape: () => [],
  lower: (context) => {
    const { input } = context;
    return [dispatch(sgdKernels.sgd, { bind: { p: input(0), grad: input(1), hyper: input(2) }, ...sizes(context) })];
  },
});

const sgdMomentumOp = defineOp({
  name: 'sgd_momentum',
  inputs: ['p', 'grad', 'hyper', 'v'],
  writes: [0, 3],
  shape: () => [],
  lower: (context) => {
    const { input } = context;
    const bind = { p: input(0), grad: input(1), hyper: input(2), v: input(3) };
    return [dispatch(sgdKernels.sgd_momentum, { bind, ...sizes(context) })];
  },
});

/** Moves p, and v if given, by one step. `hyper` is what shaders/sgd.wgsl lists. */
export function sgdUpdate(p: Tensor, grad: Tensor, hyper: Tensor, v: Tensor | null): void {
  if (v) applyAll(sgdMomentumOp, [p, grad, hyper, v], {});
  else applyAll(sgdOp, [p, grad, hyper], {});
}

const adamOp = defineOp({
  name: 'adam',
  inputs: ['p', 'grad', 'hyper', 'm', 'v'],
  writes: [0, 3, 4],
  shape: () => [],
  lower: (context) => {
    const { input } = context;
    const bind = { p: input(0), grad: input(1), hyper: input(2), m: input(3), v: input(4) };
    return [dispatch(adamKernel.adam, { bind, ...sizes(context) })];
  },
});

/** Moves p, m and v by one step. `hyper` is what shaders/adam.wgsl lists. */
export function adamUpdate(p: Tensor, grad: Tensor, hyper: Tensor, m: Tensor, v: Tensor): void {
  applyAll(adamOp, [p, grad, hyper, m, v], {});
}
