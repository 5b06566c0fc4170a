/**
 * Recurrent layers over whole sequences.
 */
import type { Tensor } from '../graph/tensor.ts';
import { gt, where } from './arithmetic.ts';
import { zeros } from './create.ts';
import { gruCell, lstmCell, rnnCell, type CellKind, type CellWeights } from './recurrent-cells.ts';
import { stack } from './shaping.ts';
import { reshape, slice, squeeze } from './views.ts';

export interface SequenceState {
  readonly h: Tensor;
  /** Of an LSTM. */
  readonly c?: Tensor | undefined;
}

export interface SequenceOptions {
  /** int32 [batch]: steps of each row; behind them the state stands still and the output is 0. */
  lengths?: Tensor | null | undefined;
  /** From each row's last step to its first. */
  reverse?: boolean;
}

/**
 * One layer in one direction. x: [steps, batch, in] -> y: [steps, batch, hidden], with the last h and c, [batch, hidden].
 */
export function recurrent(
  kind: CellKind,
  x: Tensor,
  weights: CellWeights,
  state: SequenceState | null,
  { lengths = null, reverse = false }: SequenceOptions = {},
): SequenceState & { readonly y: Tensor } {
  const [steps, batch] = x.shape as [number, number];
  const hidden = weights.hh.shape[1]!;
  let h = state?.h ?? zeros([batch, hidden]);
  let c = state?.c ?? zeros([batch, hidden]);
  const outputs: Tensor[] = [];
  for (let step = 0; step < steps; step++) {
    const t = reverse ? steps - 1 - step : step;
    const now = squeeze(slice(x, 0, t, t + 1), 0);
    const live = lengths ? gt(reshape(lengths, [batch, 1]), t) : null;
    const keep = (next: Tensor, before: Tensor | number): Tensor => (live ? where(live, next, before) : next);
    let next: Tensor;
    if (kind === 'lstm') {
      const [nextH, nextC] = lstmCell(now, [h, c], weights);
      next = nextH;
      c = keep(nextC, c);
    } else next = kind === 'gru' ? gruCell(now, h, weights) : rnnCell(now, h, weights, kind);
    h = keep(next, h);
    outputs[t] = keep(next, 0);
  }
  return { y: stack(outputs, 0), h, c };
}
