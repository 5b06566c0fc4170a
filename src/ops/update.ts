/**
 * The optimisers' update ops: one dispatch for all parameters of a model, in place.
 *
 * Parameters, gradients and moments lie in slabs with equal offsets. `pack` stands for the slab of gradients: the
 * planner has each gradient written straight into its place there.
 */
import kernels from '../../shaders/update.wgsl';
import type { Kernel } from '../gpu/kernel.ts';
import { defineOp, type OpDefinition, type Operand } from '../graph/define-op.ts';
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

/** Numbers of a row of hyper-parameters. */
export const ROW = 12;

interface UpdateAttrs {
  grouped: boolean;
  scaled: boolean;
}

/** An update rule's op; p, gradients and moments are slabs. */
export type UpdateOp = OpDefinition<never, UpdateAttrs>;

const READ = ['p', 'grad', 'hyper', 'group', 'scale'] as const;

function defineUpdate<M extends string>(
  kernel: Kernel<(typeof READ)[number] | M, 'size' | 'width', never>,
  ...moments: M[]
): UpdateOp {
  const inputs = [...READ, ...moments];
  return defineOp<never, UpdateAttrs>({
    name: kernel.entryPoint,
    inputs,
    writes: [0, ...moments.map((_, index) => READ.length + index)],
    shape: () => [],
    lower({ inputs: [p, , hyper], limits, attrs, input }) {
      const size = p!.shape[0]! / 4;
      const { workgroups, width } = spread(size, limits);
      const bind = Object.fromEntries(inputs.map((name, index) => [name, input(index)])) as Record<
        (typeof inputs)[number],
        Operand
      >;
      const [NUMBERS] = hyper!.shape as [number];
      const constants = { NUMBERS, GROUPED: Number(attrs.grouped), SCALED: Number(attrs.scaled) };
      return [dispatch(kernel, { bind, params: { size, width }, constants, workgroups })];
    },
  });
}

export const sgd: UpdateOp = defineUpdate(kernels.sgd);
export const sgdMomentum: UpdateOp = defineUpdate(kernels.sgd_momentum, 'm');
export const adam: UpdateOp = defineUpdate(kernels.adam, 'm', 'v');
export const adamAmsgrad: UpdateOp = defineUpdate(kernels.adam_amsgrad, 'm', 'v', 'w');
export const rmsprop: UpdateOp = defineUpdate(kernels.rmsprop, 'v');
export const rmspropMomentum: UpdateOp = defineUpdate(kernels.rmsprop_momentum, 'm', 'v', 'w');
export const adagrad: UpdateOp = defineUpdate(kernels.adagrad, 'v');

export interface Update {
  readonly p: Tensor;
  readonly grad: Tensor;
  /** Rows as shaders/update.wgsl lists them: one for all, or as many as `group` names. */
  readonly hyper: Tensor;
  /** For each element of the slab, where its row starts. */
  readonly group: Tensor | null;
  /** A factor of all gradients, [1]. */
  readonly scale: Tensor | null;
  /** In the order in which the op names them. */
  readonly moments: readonly Tensor[];
}

/** Moves p and the moments by one step. */
export function update(op: UpdateOp, { p, grad, hyper, group, scale, moments }: Update): void {
  const attrs = { grouped: group !== null, scaled: scale !== null };
  // What a kernel does not read is bound all the same, to what is there anyway.
  applyAll(op, [p, grad, hyper, group ?? hyper, scale ?? hyper, ...moments], attrs);
}
