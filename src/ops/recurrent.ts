/**
 * Recurrent layers over whole sequences.
 *
 * One product makes the input's part of the gates of all steps; a kernel then walks through time. Hidden sizes that are
 * no multiple of four are filled up with units whose weights are 0, which stay at 0.
 */
import type { Tensor } from '../graph/tensor.ts';
import { add, gt, where } from './arithmetic.ts';
import { arange } from './create.ts';
import { linear } from './linear.ts';
import { padTo } from './pad.ts';
import type { CellWeights } from './recurrent-cells.ts';
import { statesAfter, unasked, type RecurrentKind } from './recurrent-kernels.ts';
import { stack } from './shaping.ts';
import { permute, reshape, slice, squeeze, unsqueeze } from './views.ts';

export interface SequenceState {
  readonly h: Tensor;
  /** Of an LSTM. */
  readonly c?: Tensor | undefined;
}

export interface SequenceOptions {
  /** int32 [batch]: steps of each row; behind them the state stands still and the output is 0. */
  readonly lengths?: Tensor | null | undefined;
  /** From each row's last step to its first. */
  readonly fromEnd?: boolean | undefined;
  /** x and y are [batch, steps, ...]. */
  readonly batchFirst?: boolean | undefined;
  /** Zeros [steps, batch, hidden], whose gradient is the loss's with respect to each h. */
  readonly probe?: Tensor | null | undefined;
}

export interface SequenceResult extends SequenceState {
  readonly y: Tensor;
  /** [steps, batch, n, hidden]: of an LSTM i, f, g, o and the c before; of a GRU r, z, n, R h + c and the h before. */
  readonly saved: Tensor | undefined;
}

/**
 * One layer in one direction. x: [steps, batch, in] -> y: [steps, batch, hidden], with the last h and c, [batch, hidden].
 */
export function recurrent(
  kind: RecurrentKind,
  x: Tensor,
  weights: CellWeights,
  state: SequenceState | null,
  { lengths = null, fromEnd = false, batchFirst = false, probe = null }: SequenceOptions = {},
): SequenceResult {
  const hidden = weights.hh.shape[1]!;
  const wide = 4 * Math.ceil(hidden / 4);
  const fill = (part: Tensor): Tensor => widen(part, part.ndim - 1, wide);
  const gates = (part: Tensor): Tensor => widenGates(part, kind.gates, wide);
  const initial = state && fill(state.c ? stack([state.h, state.c], 0) : unsqueeze(state.h, 0));
  const weight = fill(gates(weights.hh));
  const { biasIh, biasHh } = weights;
  const bias = biasIh && biasHh && !kind.ownBias ? add(biasIh, biasHh) : biasIh;
  const sums = linear(x, gates(weights.ih), bias && gates(bias));
  const inputs = { initial, lengths, fromEnd, batchFirst, probe: probe && fill(probe) };
  const [states, kept, c] = kind.walk(sums, weight, inputs, kind.ownBias && biasHh ? gates(biasHh) : null);
  const narrow = (part: Tensor): Tensor => (wide === hidden ? part : slice(part, part.ndim - 1, 0, hidden));
  const own = narrow(states);
  const steps = states.shape[0]! - 1;
  const after = statesAfter(own, { fromEnd });
  const live = lengths ? where(liveSteps(lengths, steps), after, 0) : after;
  const y = batchFirst ? permute(live, [1, 0, 2]) : live;
  const end = fromEnd ? 0 : steps;
  const saved = kept && narrow(kept);
  unasked([states, y, ...(kept && saved ? [kept, saved] : [])]);
  return {
    y,
    h: squeeze(slice(own, 0, end, end + 1), 0),
    c: c && narrow(c),
    saved,
  };
}

/** An axis filled up with zeros. */
function widen(x: Tensor, axis: number, size: number): Tensor {
  if (x.shape[axis] === size) return x;
  return padTo(
    x,
    x.shape.with(axis, size),
    x.shape.map(() => 0),
  );
}

/** [gates * hidden, ...], each gate filled up with zeros. */
function widenGates(x: Tensor, gates: number, hidden: number): Tensor {
  const [rows, ...rest] = x.shape as [number, ...number[]];
  if (rows === gates * hidden) return x;
  return reshape(widen(reshape(x, [gates, rows / gates, ...rest]), 1, hidden), [gates * hidden, ...rest]);
}

/** bool [steps, batch, 1] */
function liveSteps(lengths: Tensor, steps: number): Tensor {
  return gt(reshape(lengths, [1, lengths.numel, 1]), reshape(arange(0, steps, 1, { dtype: 'int32' }), [steps, 1, 1]));
}
