/**
 * A GRU layer over a whole sequence: one dispatch forward and one backward, as lstm.ts.
 */
import kernels from '../../shaders/gru.wgsl';
import { defineOp, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { applyAll } from '../graph/trace.ts';
import { dispatch } from './dispatch.ts';
import { matmul } from './matmul.ts';
import {
  attrsOf,
  blocksOf,
  float,
  inputsOf,
  rowsOf,
  sizesOf,
  statesBefore,
  unasked,
  walk,
  type BackwardAttrs,
  type RecurrentKind,
  type SequenceAttrs,
} from './recurrent-kernels.ts';
import { sum } from './reduce.ts';
import { reshape, transpose } from './views.ts';

interface Bias {
  readonly withBias: boolean;
}

/** Outputs: the states h with the initial one; the gates, R h + c and the h before. */
const gruOp: OpDefinition<'weight' | 'lengths' | 'out0' | 'out1', SequenceAttrs & Bias> = defineOp({
  name: 'gru',
  inputs: ['x', 'weight', 'weight_transposed', 'initial', 'lengths', 'probe', 'bias'],
  saves: ['weight', 'lengths', 'out0', 'out1'],
  shape([x], attrs) {
    const { steps, batch, hidden } = sizesOf(x!, attrs, 3);
    return [float(steps + 1, batch, hidden), float(steps, batch, 5, hidden)];
  },
  lower(context) {
    const { inputs, attrs, input, output } = context;
    const { steps, batch, units } = sizesOf(inputs[0]!, attrs, 3);
    const size = { steps, batch, units, gates: 3, blocks: 1, turns: steps, fills: true };
    return walk(context, size, ({ params, overrides, rows, workgroups }) =>
      dispatch(kernels.gru, {
        bind: {
          x: input(0),
          w: input(2),
          initial: input(3),
          lengths: input(4),
          carried: output(0),
          saved: output(1),
          bias: input(6),
        },
        params,
        overrides: { ...overrides, with_initial: attrs.withInitial, with_bias: attrs.withBias },
        constants: { ROWS: rows, BLOCKS: 3 },
        workgroups,
      }),
    );
  },
  backward({ grads: [dh], saved: { weight, lengths, out0: h, out1: kept }, attrs, needs }) {
    const given = { ...attrs, withDh: dh !== null };
    const results = unasked(applyAll(gruBackwardOp, [dh ?? weight, weight, lengths, kept], given));
    const [dx, da, dinitial, total] = results as [Tensor, Tensor, Tensor, Tensor];
    const gates = reshape(da, [-1, weight.shape[0]!]);
    return [
      dx,
      needs[1] ? matmul(transpose(gates), statesBefore(h, attrs)) : null,
      null,
      attrs.withInitial ? dinitial : null,
      null,
      attrs.withProbe ? total : null,
      attrs.withBias ? sum(gates, 0) : null,
    ];
  },
});

/** Outputs: the gradients of the gates on x's side and on h's, of the initial state, and what reaches each h. */
const gruBackwardOp = defineOp<never, BackwardAttrs>({
  name: 'gru_backward',
  inputs: ['dh', 'weight', 'lengths', 'kept'],
  shape([, , , kept], attrs) {
    const [steps, batch, , hidden] = kept!.shape as [number, number, number, number];
    const gates = float(...rowsOf(steps, batch, attrs), 3 * hidden);
    return [gates, gates, float(1, batch, hidden), float(steps, batch, hidden)];
  },
  lower(context) {
    const { outputs, attrs, software, input, output, needed } = context;
    const { steps, batch, units } = sizesOf(outputs[0]!, attrs, 3);
    const turns = attrs.withInitial ? steps + 1 : steps;
    return walk(
      context,
      { steps, batch, units, gates: 3, blocks: blocksOf(units, software), turns, fills: false },
      ({ params, overrides, rows, blocks, workgroups }) =>
        dispatch(kernels.gru_backward, {
          bind: {
            dh: input(0),
            w: input(1),
            dx: output(0),
            lengths: input(2),
            carried: output(1),
            kept: input(3),
            state: output(2),
            total: output(3),
          },
          params,
          overrides: { ...overrides, with_dh: attrs.withDh, with_total: needed(3) },
          constants: { ROWS: rows, BLOCKS: blocks },
          workgroups,
        }),
    );
  },
});

/** Saved are r, z, n, R h + b and the h before; the initial state is [1, batch, hidden]. */
export const gru: RecurrentKind = {
  gates: 3,
  ownBias: true,
  walk(sums, weight, given, bias) {
    const inputs = [...inputsOf(sums, weight, given), bias ?? weight];
    return applyAll(gruOp, inputs, { ...attrsOf(given), withBias: bias !== null }) as [Tensor, Tensor];
  },
};
