/**
 * A plain recurrent layer over a whole sequence: one dispatch forward and one backward, as lstm.ts.
 */
import kernels from '../../shaders/rnn.wgsl';
import { defineOp, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
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

interface Nonlinearity {
  readonly relu: boolean;
}

/** The states h with the initial one. */
const rnnOp: OpDefinition<'weight' | 'lengths' | 'out', SequenceAttrs & Nonlinearity> = defineOp({
  name: 'rnn',
  inputs: ['x', 'weight', 'weight_transposed', 'initial', 'lengths', 'probe'],
  saves: ['weight', 'lengths', 'out'],
  shape([x], attrs) {
    const { steps, batch, hidden } = sizesOf(x!, attrs, 1);
    return [float(steps + 1, batch, hidden)];
  },
  lower(context) {
    const { inputs, attrs, software, input, output } = context;
    const { steps, batch, units } = sizesOf(inputs[0]!, attrs, 1);
    const size = { steps, batch, units, gates: 1, blocks: blocksOf(units, software), turns: steps, fills: true };
    return walk(context, size, ({ params, overrides, rows, blocks, workgroups }) =>
      dispatch(kernels.rnn, {
        bind: { x: input(0), w: input(2), initial: input(3), lengths: input(4), carried: output(0) },
        params,
        overrides: { ...overrides, with_initial: attrs.withInitial, relu: attrs.relu },
        constants: { ROWS: rows, BLOCKS: blocks },
        workgroups,
      }),
    );
  },
  backward({ grads: [dh], saved: { weight, lengths, out: h }, attrs, needs }) {
    const given = { ...attrs, withDh: dh !== null };
    const results = unasked(applyAll(rnnBackwardOp, [dh ?? weight, weight, lengths, h], given));
    const [da, dinitial, total] = results as [Tensor, Tensor, Tensor];
    const rows = reshape(da, [-1, weight.shape[0]!]);
    return [
      da,
      needs[1] ? matmul(transpose(rows), statesBefore(h, attrs)) : null,
      null,
      attrs.withInitial ? dinitial : null,
      null,
      attrs.withProbe ? total : null,
    ];
  },
});

/** Outputs: the gradient of x, of the initial state, and what reaches each h. */
const rnnBackwardOp = defineOp<never, BackwardAttrs & Nonlinearity>({
  name: 'rnn_backward',
  inputs: ['dh', 'weight', 'lengths', 'kept'],
  shape([, , , kept], attrs) {
    const [slots, batch, hidden] = kept!.shape as [number, number, number];
    const rows = float(...rowsOf(slots - 1, batch, attrs), hidden);
    return [rows, float(1, batch, hidden), float(slots - 1, batch, hidden)];
  },
  lower(context) {
    const { outputs, attrs, software, input, output, needed } = context;
    const { steps, batch, units } = sizesOf(outputs[0]!, attrs, 1);
    const turns = attrs.withInitial ? steps + 1 : steps;
    return walk(
      context,
      { steps, batch, units, gates: 1, blocks: blocksOf(units, software), turns, fills: false },
      ({ params, overrides, rows, blocks, workgroups }) =>
        dispatch(kernels.rnn_backward, {
          bind: {
            dh: input(0),
            w: input(1),
            kept: input(3),
            lengths: input(2),
            carried: output(0),
            state: output(1),
            total: output(2),
          },
          params,
          overrides: { ...overrides, with_dh: attrs.withDh, with_total: needed(2), relu: attrs.relu },
          constants: { ROWS: rows, BLOCKS: blocks },
          workgroups,
        }),
    );
  },
});

const kindOf = (relu: boolean): RecurrentKind => ({
  gates: 1,
  walk: (sums, weight, given) => [apply(rnnOp, inputsOf(sums, weight, given), { ...attrsOf(given), relu })],
});

/** By their nonlinearity; nothing is saved, and the initial state is [1, batch, hidden]. */
export const rnn: Readonly<Record<'tanh' | 'relu', RecurrentKind>> = {
  tanh: /* @__PURE__ */ kindOf(false),
  relu: /* @__PURE__ */ kindOf(true),
};
