/**
 * Softmax and log-softmax along one axis.
 */
import softmaxKernels from '../../shaders/softmax.wgsl';
import { defineOp, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { dispatch, spreadGroups } from './dispatch.ts';
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

function geometry({ inputs, limits, software }: LowerContext<Attrs>): {
  params: { rows: number; cols: number; width: number };
  constants: { LANES: number };
  workgroups: [number, number, number];
} {
  const { shape } = inputs[0]!;
  const cols = shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const lanes = lanesFor(cols, software);
  const { workgroups, width } = spreadGroups(Math.ceil((rows * lanes) / 64), limits);
  return { params: { rows, cols, width }, constants: { LANES: lanes }, workgroups };
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
    const { input, output, attrs, inputs } = context;
    const { constants, ...call } = geometry(context);
    const overrides = { logarithm: attrs.logarithm };
    if (constants.LANES === 1 && inputs[0]!.shape.at(-1)! % 4 === 0)
      return [dispatch(softmaxKernels.softmax_vec4, { bind: { x4: input(0), y4: output(0) }, overrides, ...call })];
    const bind = { x: input(0), y: output(0) };
    return [dispatch(softmaxKernels.softmax, { bind, overrides, constants, ...call })];
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
    return [
      dispatch(softmaxKernels.softmax_backward, {
        bind,
        overrides: { logarithm: attrs.logarithm },
        ...geometry(context),
      }),
    ];
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
