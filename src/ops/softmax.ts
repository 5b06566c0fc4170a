/**
 * Softmax and log-softmax along one axis.
 */
import softmaxKernels from '../../shaders/softmax.wgsl';
import { defineOp, type Dispatch, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel } from '../graph/value.ts';
import { dispatch } from './dispatch.ts';
import { chooseLanes, type RowGeometry } from './lanes.ts';
import { normalizeAxis, requireFloat } from './shapes.ts';
import { to } from './copy.ts';
import { permute } from './views.ts';

interface Attrs {
  logarithm: boolean;
}

/** Lanes that share a row: none on a software adapter, where barriers cost more than they save. */
function lanesFor(cols: number, software: boolean): number {
  if (software || cols <= 16) return 1;
  return cols <= 256 ? 16 : 64;
}

function byLanes(context: LowerContext<Attrs>, make: (geometry: RowGeometry) => Dispatch): readonly Dispatch[] {
  const { inputs, software } = context;
  const { shape } = inputs[0]!;
  const cols = shape.at(-1)!;
  return chooseLanes(context, { rule: lanesFor(cols, software), rows: numel(shape.slice(0, -1)), cols }, make);
}

/** Along the last axis. */
const softmaxOp = defineOp<'out', Attrs>({
  name: 'softmax',
  inputs: ['x'],
  saves: ['out'],
  shape(inputs) {
    requireFloat('softmax', inputs);
    return [inputs[0]!];
  },
  lower(context) {
    const { input, output, attrs } = context;
    const overrides = { logarithm: attrs.logarithm };
    return byLanes(context, ({ lanes, ...call }) =>
      lanes === 1 && call.params.cols % 4 === 0
        ? dispatch(softmaxKernels.softmax_vec4, { bind: { x4: input(0), y4: output(0) }, overrides, ...call })
        : dispatch(softmaxKernels.softmax, {
            bind: { x: input(0), y: output(0) },
            overrides,
            constants: { LANES: lanes },
            ...call,
          }),
    );
  },
  backward: ({ grads: [dy], saved: { out }, attrs }) => [apply(softmaxBackwardOp, [dy!, out], attrs)],
});

const softmaxBackwardOp = defineOp<never, Attrs>({
  name: 'softmax_backward',
  inputs: ['dy', 'y'],
  shape: ([dy]) => [dy!],
  lower(context) {
    const { input, output, attrs } = context;
    const bind = { dy: input(0), saved: input(1), dx: output(0) };
    const overrides = { logarithm: attrs.logarithm };
    return byLanes(context, ({ lanes, ...call }) =>
      dispatch(softmaxKernels.softmax_backward, { bind, overrides, constants: { LANES: lanes }, ...call }),
    );
  },
});

function alongAxis(name: string, x: Tensor, axis: number, logarithm: boolean): Tensor {
  const at = normalizeAxis(name, axis, x.shape);
  const float = to(x, 'float32');
  if (at === x.ndim - 1) return apply(softmaxOp, [float], { logarithm });
  const dims = x.shape.map((_, index) => index);
  [dims[at], dims[x.ndim - 1]] = [x.ndim - 1, at];
  return permute(apply(softmaxOp, [permute(float, dims)], { logarithm }), dims);
}

/** exp(x) / sum exp(x) along the axis. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return alongAxis('softmax', x, axis, false);
}

/** log(softmax(x)) along the axis, without its loss of accuracy. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return alongAxis('logSoftmax', x, axis, true);
}
