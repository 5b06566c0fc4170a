/**
 * An LSTM layer over a whole sequence: one dispatch forward and one backward, whatever the number of steps, up to the
 * length at which they are cut. The products around it, of all steps at once, are ordinary ones.
 */
import kernels from '../../shaders/lstm.wgsl';
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
import { reshape, transpose } from './views.ts';

/** Outputs: the states h with the initial one, the gates and cells before them, the last c. */
const lstmOp: OpDefinition<'weight' | 'lengths' | 'out0' | 'out1', SequenceAttrs> = defineOp({
  name: 'lstm',
  inputs: ['x', 'weight', 'weight_transposed', 'initial', 'lengths', 'probe'],
  saves: ['weight', 'lengths', 'out0', 'out1'],
  shape([x], attrs) {
    const { steps, batch, hidden } = sizesOf(x!, attrs, 4);
    return [float(steps + 1, batch, hidden), float(steps, batch, 5, hidden), float(batch, hidden)];
  },
  lower(context) {
    const { inputs, attrs, input, output } = context;
    const { steps, batch, units } = sizesOf(inputs[0]!, attrs, 4);
    const size = { steps, batch, units, gates: 4, blocks: 1, turns: steps, fills: true };
    return walk(context, size, ({ params, overrides, rows, workgroups }) =>
      dispatch(kernels.lstm, {
        bind: {
          x: input(0),
          w: input(2),
          initial: input(3),
          lengths: input(4),
          carried: output(0),
          saved: output(1),
          state: output(2),
        },
        params,
        overrides: { ...overrides, with_initial: attrs.withInitial },
        constants: { ROWS: rows, BLOCKS: 4 },
        workgroups,
      }),
    );
  },
  backward({ grads: [dh, , dc], saved: { weight, lengths, out0: h, out1: kept }, attrs, needs }) {
    const given = { ...attrs, withDh: dh !== null, withDc: dc !== null };
    const results = unasked(applyAll(lstmBackwardOp, [dh ?? weight, weight, lengths, kept, dc ?? weight], given));
    const [da, dinitial, total] = results as [Tensor, Tensor, Tensor];
    const gates = reshape(da, [-1, weight.shape[0]!]);
    return [
      da,
      needs[1] ? matmul(transpose(gates), statesBefore(h, attrs)) : null,
      null,
      attrs.withInitial ? dinitial : null,
      null,
      attrs.withProbe ? total : null,
    ];
  },
});

/** Outputs: the gradients of the gates, in x's layout, of the initial state, and what reaches each h. */
const lstmBackwardOp = defineOp<never, BackwardAttrs & { readonly withDc: boolean }>({
  name: 'lstm_backward',
  inputs: ['dh', 'weight', 'lengths', 'kept', 'dc'],
  shape([, , , kept], attrs) {
    const [steps, batch, , hidden] = kept!.shape as [number, number, number, number];
    const gates = float(...rowsOf(steps, batch, attrs), 4 * hidden);
    return [gates, float(2, batch, hidden), float(steps, batch, hidden)];
  },
  lower(context) {
    const { outputs, attrs, software, input, output, needed } = context;
    const { steps, batch, units } = sizesOf(outputs[0]!, attrs, 4);
    const turns = attrs.withInitial ? steps + 1 : steps;
    return walk(
      context,
      { steps, batch, units, gates: 4, blocks: blocksOf(units, software), turns, fills: false },
      ({ params, overrides, rows, blocks, workgroups }) =>
        dispatch(kernels.lstm_backward, {
          bind: {
            dh: input(0),
            w: input(1),
            dc: input(4),
            lengths: input(2),
            carried: output(0),
            kept: input(3),
            state: output(1),
            total: output(2),
          },
          params,
          overrides: { ...overrides, with_dh: attrs.withDh, with_dc: attrs.withDc, with_total: needed(2) },
          constants: { ROWS: rows, BLOCKS: blocks },
          workgroups,
        }),
    );
  },
});

/** Saved are i, f, g, o and the c before; the initial state is [2, batch, hidden], h and c. */
export const lstm: RecurrentKind = {
  gates: 4,
  walk: (sums, weight, given) =>
    applyAll(lstmOp, inputsOf(sums, weight, given), attrsOf(given)) as [Tensor, Tensor, Tensor],
};
