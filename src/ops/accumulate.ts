/**
 * Counts that grow in place, over more steps than a float32 can count.
 */
import kernels from '../../shaders/accumulate.wgsl';
import { defineOp } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { applyAll } from '../graph/trace.ts';
import { numel } from '../graph/value.ts';
import { dispatch, spread } from './dispatch.ts';

const accumulateOp = defineOp({
  name: 'accumulate',
  inputs: ['total', 'x'],
  writes: [0],
  shape: () => [],
  lower({ inputs, limits, input }) {
    const size = numel(inputs[0]!.shape);
    const { workgroups, width } = spread(size, limits);
    return [
      dispatch(kernels.accumulate, { bind: { total: input(0), x: input(1) }, params: { size, width }, workgroups }),
    ];
  },
});

/** total += x, in place; both int32 of one shape, and `total` owns its memory. */
export function accumulate(total: Tensor, x: Tensor): void {
  applyAll(accumulateOp, [total, x], {});
}
