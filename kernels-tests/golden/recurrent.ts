/** Recurrent layers over whole sequences: outputs and last states, one behind another. */
import { concat, tensor, type Tensor } from '../../src/index.ts';
import { gru, lstm, recurrent, rnn } from '../../src/ops/index.ts';
import { Nd } from './nd.ts';
import { golden, normal, uniform, type Case, type Input, type Row } from './row.ts';

type Kind = 'rnn' | 'rnn_relu' | 'gru' | 'lstm';

interface Attrs {
  readonly kind: Kind;
  readonly lengths?: readonly number[];
  readonly fromEnd?: boolean;
  readonly batchFirst?: boolean;
  readonly bias?: false;
}

const KINDS = { rnn: rnn.tanh, rnn_relu: rnn.relu, gru, lstm };

/** Of x, the recurrent and input weights, both biases, and h and c where there is an initial state. */
function run({ kind, lengths, fromEnd, batchFirst, bias }: Attrs, inputs: readonly Tensor[]): Tensor {
  const [x, ih, hh, ...rest] = inputs as [Tensor, Tensor, Tensor, ...Tensor[]];
  const [biasIh = null, biasHh = null] = bias === false ? [] : rest.splice(0, 2);
  const [h, c] = rest;
  const result = recurrent(KINDS[kind], x, { ih, hh, biasIh, biasHh }, h ? { h, c } : null, {
    lengths: lengths ? tensor([...lengths], { dtype: 'int32' }) : null,
    fromEnd,
    batchFirst,
  });
  return concat([result.y, result.h, ...(result.c ? [result.c] : [])].map((part) => part.reshape([part.numel])));
}

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/** One row's next h and c. */
function cell(kind: Kind, x: readonly number[], r: readonly number[], h: readonly number[], c: readonly number[]) {
  const size = h.length;
  const gate = (at: number, unit: number): number => x[at * size + unit]! + r[at * size + unit]!;
  const each = (f: (unit: number) => number): number[] => h.map((_, unit) => f(unit));
  if (kind === 'rnn') return { h: each((unit) => Math.tanh(gate(0, unit))), c };
  if (kind === 'rnn_relu') return { h: each((unit) => Math.max(0, gate(0, unit))), c };
  if (kind === 'gru') {
    const next = each((unit) => {
      const update = sigmoid(gate(1, unit));
      const fresh = Math.tanh(x[2 * size + unit]! + sigmoid(gate(0, unit)) * r[2 * size + unit]!);
      return (1 - update) * fresh + update * h[unit]!;
    });
    return { h: next, c };
  }
  const cells = each((unit) => sigmoid(gate(1, unit)) * c[unit]! + sigmoid(gate(0, unit)) * Math.tanh(gate(2, unit)));
  return { h: each((unit) => sigmoid(gate(3, unit)) * Math.tanh(cells[unit]!)), c: cells };
}

function reference({ kind, lengths, fromEnd, batchFirst, bias }: Attrs, inputs: readonly Nd[]): Nd {
  const [x, ih, hh, ...rest] = inputs as [Nd, Nd, Nd, ...Nd[]];
  const [biasIh, biasHh] = bias === false ? [] : rest.splice(0, 2);
  const [h0, c0] = rest;
  const [first, second, size] = x.shape as [number, number, number];
  const [steps, batch] = batchFirst ? [second, first] : [first, second];
  const hidden = hh.shape[1]!;
  const times = (w: Nd, shift: Nd | undefined, values: readonly number[]): number[] =>
    Array.from({ length: w.shape[0]! }, (_, line) => {
      const from = line * values.length;
      return values.reduce((sum, value, at) => sum + w.data[from + at]! * value, shift?.data[line] ?? 0);
    });
  const place = (t: number, n: number): number => (batchFirst ? n * steps + t : t * batch + n);
  const y = new Float64Array(steps * batch * hidden);
  const last = { h: new Float64Array(batch * hidden), c: new Float64Array(batch * hidden) };
  const start = (state: Nd | undefined, n: number): number[] =>
    Array.from({ length: hidden }, (_, unit) => state?.data[n * hidden + unit] ?? 0);
  for (let n = 0; n < batch; n++) {
    let now = { h: start(h0, n), c: start(c0, n) };
    const count = lengths?.[n] ?? steps;
    for (let step = 0; step < count; step++) {
      const t = fromEnd ? count - 1 - step : step;
      const given = Array.from({ length: size }, (_, at) => x.data[place(t, n) * size + at]!);
      now = cell(kind, times(ih, biasIh, given), times(hh, biasHh, now.h), now.h, [...now.c]) as typeof now;
      y.set(now.h, place(t, n) * hidden);
    }
    last.h.set(now.h, n * hidden);
    last.c.set(now.c, n * hidden);
  }
  const all = [...y, ...last.h, ...(kind === 'lstm' ? last.c : [])];
  return new Nd([all.length], Float64Array.from(all));
}

const GATES: Readonly<Record<Kind, number>> = { rnn: 1, rnn_relu: 1, gru: 3, lstm: 4 };

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: number;
  readonly inputs?: number;
  readonly state?: boolean;
  readonly label?: string;
  readonly samples?: number;
}

function row(attrs: Attrs, { steps, batch, hidden, inputs = 2, state = false, label, samples = 6 }: Sizes): Row<Attrs> {
  const lines = GATES[attrs.kind] * hidden;
  const bound = Math.min(1, 2 / Math.sqrt(hidden));
  const weight = (...shape: number[]): Input => uniform(-bound, bound, ...shape);
  const x = attrs.batchFirst ? normal(batch, steps, inputs) : normal(steps, batch, inputs);
  const biases = attrs.bias === false ? [] : [weight(lines), weight(lines)];
  const states = state ? [normal(batch, hidden), ...(attrs.kind === 'lstm' ? [normal(batch, hidden)] : [])] : [];
  return {
    attrs,
    inputs: [x, weight(lines, inputs), weight(lines, hidden), ...biases, ...states],
    samples,
    ...(label ? { label } : {}),
  };
}

const ofKind = (kind: Kind): Row<Attrs>[] => [
  row({ kind }, { steps: 1, batch: 1, hidden: 1, inputs: 1, samples: 16 }),
  row({ kind, bias: false }, { steps: 2, batch: 1, hidden: 4, state: true }),
  row({ kind, lengths: [2, 4, 1], fromEnd: true }, { steps: 4, batch: 3, hidden: 5, state: true, samples: 12 }),
  row({ kind, lengths: [5, 1, 3], batchFirst: true }, { steps: 5, batch: 3, hidden: 4, state: true, samples: 12 }),
  row({ kind, batchFirst: true, fromEnd: true }, { steps: 3, batch: 2, hidden: 8 }),
  row({ kind }, { steps: 3, batch: 9, hidden: 33, inputs: 3, state: true, label: 'in blocks of eight rows' }),
  row({ kind }, { steps: 2, batch: 29, hidden: 20, inputs: 1, samples: 4, label: 'in blocks of sixteen rows' }),
  row({ kind }, { steps: 67, batch: 2, hidden: 4, state: true, samples: 4, label: 'in two dispatches' }),
  row({ kind }, { steps: 2, batch: 1, hidden: 260, inputs: 1, state: true, samples: 3, label: 'wide' }),
];

const sequences = (op: string, kinds: readonly Kind[]): Case[] =>
  golden<Attrs>({
    op,
    run:
      (attrs) =>
      (...inputs) =>
        run(attrs, inputs),
    reference:
      (attrs) =>
      (...inputs) =>
        reference(attrs, inputs),
    tolerance: 2e-5,
    why: 'float32 sums of up to some hundred numbers, step after step',
    rows: kinds.flatMap((kind) => (kind === 'rnn_relu' ? ofKind(kind).slice(0, 3) : ofKind(kind))),
  });

export const recurrentCases: readonly Case[] = [
  ...sequences('rnn', ['rnn', 'rnn_relu']),
  ...sequences('gru', ['gru']),
  ...sequences('lstm', ['lstm']),
];
