/**
 * Rows less their mean, over their standard deviation: what layer, group and instance normalisation have in common.
 */
import kernels from '../../shaders/standardize.wgsl';
import { defineOp, type Dispatch, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { dispatch } from './dispatch.ts';
import { chooseLanes, type RowGeometry } from './lanes.ts';

interface Attrs {
  eps: number;
}

/** Lanes that share a row: one on a software adapter, where barriers cost most, unless there are few rows. */
function lanesFor(rows: number, cols: number, software: boolean): number {
  if (software) return rows < 128 && cols > 256 ? 4 : 1;
  if (cols <= 16) return 1;
  return cols <= 256 ? 16 : 64;
}

type Call = Omit<RowGeometry, 'params'> & { params: RowGeometry['params'] & { eps: number }; epilogue: true };

function byLanes(context: LowerContext<Attrs>, make: (call: Call) => Dispatch): readonly Dispatch[] {
  const { inputs, attrs, software } = context;
  const [rows, cols] = inputs[0]!.shape as [number, number];
  return chooseLanes(context, { rule: lanesFor(rows, cols, software), rows, cols }, ({ params, ...rest }) =>
    make({ ...rest, params: { ...params, eps: attrs.eps }, epilogue: true }),
  );
}

const standardizeOp = defineOp<'out0' | 'out1', Attrs>({
  name: 'standardize',
  inputs: ['x'],
  saves: ['out0', 'out1'],
  shape: ([x]) => [x!, { shape: [x!.shape[0]!], dtype: 'float32' }],
  lower(context) {
    const { input, output, needed } = context;
    const overrides = { with_rate: needed(1) };
    const results = { y: output(0), rate: output(1) };
    return byLanes(context, ({ lanes, ...call }) =>
      lanes === 1 && call.params.cols % 4 === 0
        ? dispatch(kernels.standardize_vec4, { bind: { x4: input(0), ...results }, overrides, ...call })
        : dispatch(kernels.standardize, {
            bind: { x: input(0), ...results },
            overrides,
            constants: { LANES: lanes },
            ...call,
          }),
    );
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
    return byLanes(context, ({ lanes, ...call }) =>
      dispatch(kernels.standardize_backward, { bind, constants: { LANES: lanes }, ...call }),
    );
  },
  fuses: { epilogue: true },
});

/** @param x [rows, cols] */
export function standardize(x: Tensor, eps: number): Tensor {
  return apply(standardizeOp, [x], { eps });
}
