/** Rows that are normalised: softmax and logSoftmax. */
import { Nd, sum } from './nd.ts';
import { golden, normal, uniform, values, type Case, type Input, type Row } from './row.ts';

interface Attrs {
  readonly axis: number;
}

/** `f` over each line along `axis`. */
export function lines(x: Nd, axis: number, f: (line: readonly number[]) => readonly number[]): Nd {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const size = x.shape[at] ?? 0;
  const out = new Nd(x.shape);
  const stride = x.shape.slice(at + 1).reduce((a, b) => a * b, 1);
  for (let base = 0; base < x.size; base++) {
    if (Math.floor(base / stride) % size !== 0) continue;
    const line = Array.from({ length: size }, (_, k) => x.data[base + k * stride] ?? 0);
    f(line).forEach((value, k) => {
      out.data[base + k * stride] = value;
    });
  }
  return out;
}

export function logSoftmaxLine(line: readonly number[]): number[] {
  const top = line.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = top + Math.log(sum(line.map((value) => Math.exp(value - top))));
  return line.map((value) => value - total);
}

const large = (...shape: number[]): Input => uniform(-80, 80, ...shape);

const rows: readonly Row<Attrs>[] = [
  { inputs: [normal(1, 1)], attrs: { axis: 1 } },
  { inputs: [normal(5)], attrs: { axis: 0 } },
  { inputs: [normal(7, 10)], attrs: { axis: 1 } },
  { inputs: [normal(4, 257)], attrs: { axis: -1 }, samples: 24 },
  { inputs: [normal(3, 1027)], attrs: { axis: 1 }, samples: 12 },
  { inputs: [normal(13, 5)], attrs: { axis: 0 } },
  { inputs: [normal(3, 7, 5)], attrs: { axis: 1 } },
  { inputs: [normal(2, 3, 65)], attrs: { axis: 2 } },
  { inputs: [large(7, 33)], attrs: { axis: 1 }, label: 'large logits' },
  { inputs: [values([-1e30, 0, 1], 4, 3)], attrs: { axis: 1 }, label: 'masked', grad: false },
  { inputs: [normal(66_001, 3)], attrs: { axis: 1 }, label: 'more rows than 65,535' },
];

const softmax = golden<Attrs>({
  op: 'softmax',
  run:
    ({ axis }) =>
    (x) =>
      x.softmax(axis),
  reference:
    ({ axis }) =>
    (x) =>
      lines(x, axis, (line) => logSoftmaxLine(line).map(Math.exp)),
  tolerance: 5e-6,
  why: 'exp is 3 + 2|x| ULP and |x| reaches 160',
  rows,
});

const logSoftmax = golden<Attrs>({
  op: 'logSoftmax',
  run:
    ({ axis }) =>
    (x) =>
      x.logSoftmax(axis),
  reference:
    ({ axis }) =>
    (x) =>
      lines(x, axis, logSoftmaxLine),
  tolerance: 1e-5,
  why: 'exp is 3 + 2|x| ULP, and the gradient takes a sum of up to 1,027 terms',
  rows: rows.map((row) => (row.label === 'masked' ? { ...row, inputs: [values([-1e4, 0, 1], 4, 3)] } : row)),
});

export const softmaxCases: Case[] = [...softmax, ...logSoftmax];
