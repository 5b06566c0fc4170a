/**
 * Rows less their mean, over their standard deviation: what layer, group and instance normalisation have in common.
 */
import kernels from '../../shaders/standardize.wgsl';
import { defineOp, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { dispatch, spreadGroups } from './dispatch.ts';

interface Attrs {
  eps: number;
}

/** Lanes that share a row: one on a software adapter, where barriers cost most, unless there are few rows. */
function lanesFor(rows: number, cols: number, software: boolean): number {
  if (software) return rows < 128 && cols > 256 ? 4 : 1;
  if (cols <= 16) return 1;
  return cols <= 256 ? 16 : 64;
}

function geometry({ inputs, attrs: { eps }, limits, software }: LowerContext<Attrs>) {
  const [rows, cols] = inputs[0]!.shape as [number, number];
  const lanes = lanesFor(rows, cols, software);
  const { workgroups, width } = spreadGroups(Math.ceil((rows * lanes) / 64), limits);
  return { params: { rows, cols, width, eps }, constants: { LANES: lanes }, workgroups, epilogue: true };
}

const standardizeOp = defineOp<'out0' | 'out1', Attrs>({
  name: 'standardize',
  inputs: ['x'],
  saves: ['out0', 'out1'],
  shape: ([x]) => [x!, { shape: [x!.shape[0]!], dtype: 'float32' }],
  lower(context) {
    const { inputs, input, output, needed } = context;
    const { constants, ...call } = geometry(context);
    const overrides = { with_rate: needed(1) };
    const results = { y: output(0), rate: output(1) };
    if (constants.LANES === 1 && inputs[0]!.shape[1]! % 4 === 0)
      return [dispatch(kernels.standardize_vec4, { bind: { x4: input(0), ...results }, overrides, ...call })];
    return [dispatch(kernels.standardize, { bind: { x: input(0), ...results }, overrides, constants, ...call })];
  },
  fuses: { epilogue: true },
  backward: ({ grads: [dy], saved: { out0: y, out1: rate }, attrs }) => [
    apply(standardizeBackwardOp, [dy!, y, rate], attrs),
  ],
});

const standardizeBackwardOp = defineOp<never, Attrs>({
  name: 'standardize_backward',
  inputs: ['dy', 'y', 'rate'],
  shape: ([dy]) => [dy!],
  lower(context) {
    const { input, output } = context;
    const bind = { dy: input(0), saved: input(1), rates: input(2), dx: output(0) };
    return [dispatch(kernels.standardize_backward, { bind, ...geometry(context) })];
  },
  fuses: { epilogue: true },
});

/** @param x [rows, cols] */
export function standardize(x: Tensor, eps: number): Tensor {
  return apply(standardizeOp, [x], { eps });
}
