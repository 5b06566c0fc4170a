/** Products under their own names, einsum, distances. */
import { addmm, baddbmm, einsum, F, type Tensor } from '../../src/index.ts';
import { eachIndex, Nd, sum } from './nd.ts';
import { awayFromZero, golden, normal, values, type Case, type Input, type Row } from './row.ts';

const why = 'float32 sums of some dozens of products';
const tolerance = 1e-5;

/** The definition: every assignment of the labels, each operand's element looked up, broadcast where its size is 1. */
function naive(inputs: readonly string[], result: string, operands: readonly Nd[]): Nd {
  const sizes = new Map<string, number>();
  inputs.forEach((input, index) =>
    input
      .split('')
      .forEach((label, axis) => sizes.set(label, Math.max(sizes.get(label) ?? 1, operands[index]?.shape[axis] ?? 1))),
  );
  const labels = [...sizes.keys()];
  const out = new Nd(result.split('').map((label) => sizes.get(label) ?? 1));
  eachIndex([...sizes.values()], (index) => {
    const at = (label: string): number => index[labels.indexOf(label)] ?? 0;
    const factors = operands.map((x, operand) =>
      x.get((inputs[operand] ?? '').split('').map((label, axis) => (x.shape[axis] === 1 ? 0 : at(label)))),
    );
    const place = out.broadcastOffset(result.split('').map(at));
    out.data[place] = (out.data[place] ?? 0) + factors.reduce((a, b) => a * b, 1);
  });
  return out;
}

interface Equation {
  readonly equation: string;
  /** The same without dots, and with its result. */
  readonly plain?: string;
}

const einsumCases = golden<Equation>({
  op: 'einsum',
  run:
    ({ equation }) =>
    (...operands) =>
      einsum(equation, ...operands),
  reference:
    ({ equation, plain = equation }) =>
    (...operands) => {
      const [left = '', result = ''] = plain.replaceAll(' ', '').split('->');
      return naive(left.split(','), result, operands);
    },
  tolerance,
  why,
  rows: [
    { inputs: [normal(3, 4), normal(4, 5)], attrs: { equation: 'ij,jk->ik' } },
    { inputs: [normal(3, 4), normal(5, 4)], attrs: { equation: 'ij, kj -> ik' } },
    { inputs: [normal(4, 3), normal(4, 5)], attrs: { equation: 'ki,kj->ji' } },
    { inputs: [normal(2, 3, 4), normal(2, 4, 5)], attrs: { equation: 'bij,bjk->bik' } },
    { inputs: [normal(2, 3, 5, 4), normal(2, 3, 7, 4)], attrs: { equation: 'bhqd,bhkd->bhqk' } },
    { inputs: [normal(2, 5, 3, 4), normal(2, 7, 3, 4)], attrs: { equation: 'bqhd,bkhd->bhqk' } },
    { inputs: [normal(3, 4, 2), normal(5, 4, 2)], attrs: { equation: 'abc,dbc->ad' } },
    { inputs: [normal(3, 4, 2), normal(2, 4, 5)], attrs: { equation: 'abc,cbd->da' } },
    { inputs: [normal(7), normal(5)], attrs: { equation: 'i,j->ij' } },
    { inputs: [normal(7), normal(7)], attrs: { equation: 'i,i->' } },
    { inputs: [normal(3, 7), normal(3, 7)], attrs: { equation: 'bi,bi->b' } },
    { inputs: [normal(3, 7), normal(7)], attrs: { equation: 'bi,i->b' } },
    { inputs: [normal(3, 7), normal(3, 7)], attrs: { equation: 'ij,ij->ji' } },
    { inputs: [normal(3, 4, 5)], attrs: { equation: 'ijk->kij' } },
    { inputs: [normal(3, 4, 5)], attrs: { equation: 'ijk->j' } },
    { inputs: [normal(3, 4)], attrs: { equation: 'ij->' } },
    { inputs: [normal(3, 4, 2), normal(4, 5)], attrs: { equation: 'ijk,jl->l' }, label: 'summed out of one' },
    { inputs: [normal(3, 4), normal(4, 5), normal(5, 2)], attrs: { equation: 'ij,jk,kl->il' } },
    { inputs: [normal(3), normal(3, 4, 2), normal(2), normal(4)], attrs: { equation: 'i,ijk,k,j->j' } },
    { inputs: [normal(3, 4), normal(4, 5)], attrs: { equation: 'ij,jk', plain: 'ij,jk->ik' }, label: 'implicit' },
    { inputs: [normal(4, 3)], attrs: { equation: 'ba', plain: 'ba->ab' }, label: 'implicit' },
    { inputs: [normal(2, 3, 4, 5), normal(5, 6)], attrs: { equation: '...i,ij->...j', plain: 'abci,ij->abcj' } },
    { inputs: [normal(2, 3, 4), normal(3, 4, 5)], attrs: { equation: 'a...j,...jk->...ak', plain: 'abj,bjk->bak' } },
    { inputs: [normal(2, 3, 4), normal(1, 4, 5)], attrs: { equation: 'bij,bjk->bik' }, label: 'broadcast' },
    { inputs: [normal(1, 1), normal(1, 1)], attrs: { equation: 'ij,jk->ik' }, label: 'of ones' },
    {
      inputs: [normal(2, 2, 3, 2, 4), normal(2, 4, 3, 5)],
      attrs: { equation: 'abcde,bxcy->adxeyc' },
      label: 'of six axes',
      grad: false,
    },
  ],
});

function products(op: string, run: (...x: Tensor[]) => Tensor, equation: string, rows: Input[][]): Case[] {
  const [left = '', result = ''] = equation.split('->');
  return golden<object>({
    op,
    run: () => run,
    reference:
      () =>
      (...x) =>
        naive(left.split(','), result, x),
    tolerance,
    why,
    rows: rows.map((inputs) => ({ inputs, attrs: {} })),
  });
}

const namedCases = [
  ...products('dot', (a, b) => a.dot(b), 'i,i->', [
    [normal(1), normal(1)],
    [normal(300), normal(300)],
  ]),
  ...products('mv', (a, b) => a.mv(b), 'ij,j->i', [[normal(5, 37), normal(37)]]),
  ...products('mm', (a, b) => a.mm(b), 'ij,jk->ik', [[normal(5, 37), normal(37, 3)]]),
  ...products('bmm', (a, b) => a.bmm(b), 'bij,bjk->bik', [[normal(3, 5, 7), normal(3, 7, 2)]]),
  ...products('outer', (a, b) => a.outer(b), 'i,j->ij', [[normal(5), normal(7)]]),
];

interface Factors {
  readonly beta?: number;
  readonly alpha?: number;
}

const addedCases = [
  ...golden<Factors>({
    op: 'addmm',
    run: (options) => (input, a, b) => addmm(input, a, b, options),
    reference:
      ({ beta = 1, alpha = 1 }) =>
      (input, a, b) => {
        const product = naive(['ij', 'jk'], 'ik', [a, b]);
        return Nd.of(product.shape, (index) => beta * input.broadcast(index) + alpha * product.get(index));
      },
    tolerance,
    why,
    rows: [
      { inputs: [normal(5), normal(3, 4), normal(4, 5)], attrs: {} },
      { inputs: [normal(3, 5), normal(3, 4), normal(4, 5)], attrs: { beta: 0.5, alpha: -2 } },
    ],
  }),
  ...golden<Factors>({
    op: 'baddbmm',
    run: (options) => (input, a, b) => baddbmm(input, a, b, options),
    reference:
      ({ beta = 1, alpha = 1 }) =>
      (input, a, b) => {
        const product = naive(['bij', 'bjk'], 'bik', [a, b]);
        return Nd.of(product.shape, (index) => beta * input.broadcast(index) + alpha * product.get(index));
      },
    tolerance,
    why,
    rows: [{ inputs: [normal(2, 3, 5), normal(2, 3, 4), normal(2, 4, 5)], attrs: { beta: 0.5, alpha: 3 } }],
  }),
];

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Rows of [..., d], each with each of its partner. */
function between(a: Nd, b: Nd, p: number, eps: number): Nd {
  const [lead, m, n, d] = [a.shape.slice(0, -2), a.shape.at(-2) ?? 0, b.shape.at(-2) ?? 0, a.shape.at(-1) ?? 0];
  return Nd.of([...lead, m, n], (index) => {
    const [i = 0, j = 0] = index.slice(-2);
    const part = index.slice(0, -2);
    const gaps = range(d).map((k) => Math.abs(a.get([...part, i, k]) - b.get([...part, j, k]) + eps) ** p);
    return sum(gaps) ** (1 / p);
  });
}

const distanceRows: Row<{ p?: number }>[] = [
  { inputs: [normal(1, 1), awayFromZero(1, 1)], attrs: {} },
  { inputs: [normal(5, 3), normal(7, 3)], attrs: {} },
  { inputs: [normal(2, 5, 3), normal(2, 4, 3)], attrs: { p: 1 } },
  { inputs: [normal(5, 3), normal(7, 3)], attrs: { p: 3 } },
];

const distanceCases = [
  ...golden<{ p?: number }>({
    op: 'cdist',
    run:
      ({ p }) =>
      (a, b) =>
        a.cdist(b, p),
    reference:
      ({ p = 2 }) =>
      (a, b) =>
        between(a, b, p, 0),
    tolerance: 2e-5,
    why,
    rows: distanceRows,
  }),
  ...golden<{ p?: number }>({
    op: 'pairwiseDistance',
    run: (options) => (a, b) => F.pairwiseDistance(a, b, options),
    reference:
      ({ p = 2 }) =>
      (a, b) => {
        const all = between(a, b, p, 1e-6);
        return Nd.of([a.shape[0] ?? 0], ([i = 0]) => all.at(i, i));
      },
    tolerance: 2e-5,
    why,
    rows: [
      { inputs: [normal(5, 3), normal(5, 3)], attrs: {} },
      { inputs: [normal(5, 3), normal(5, 3)], attrs: { p: 1 } },
    ],
  }),
  ...golden<{ axis?: number }>({
    op: 'cosineSimilarity',
    run: (options) => (a, b) => F.cosineSimilarity(a, b, options),
    reference:
      ({ axis = 1 }) =>
      (a, b) => {
        const at = axis < 0 ? axis + a.shape.length : axis;
        return Nd.of(a.shape.toSpliced(at, 1), (index) => {
          const line = (x: Nd): number[] => range(a.shape[at] ?? 0).map((k) => x.get(index.toSpliced(at, 0, k)));
          const dot = (x: readonly number[], y: readonly number[]): number =>
            sum(x.map((value, k) => value * (y[k] ?? 0)));
          const length = (x: readonly number[]): number => Math.max(Math.sqrt(dot(x, x)), 1e-8);
          return dot(line(a), line(b)) / (length(line(a)) * length(line(b)));
        });
      },
    tolerance,
    why,
    rows: [
      { inputs: [normal(5, 7), normal(5, 7)], attrs: {} },
      { inputs: [normal(5, 7, 2), normal(5, 7, 2)], attrs: { axis: 0 } },
      { inputs: [values([0], 2, 3), normal(2, 3)], attrs: {}, label: 'of zeros', grad: false },
    ],
  }),
];

export const productCases: Case[] = [...einsumCases, ...namedCases, ...addedCases, ...distanceCases];
