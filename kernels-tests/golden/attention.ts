/** Scaled dot-product attention with every mask, against its definition. */
import { F, manualSeed, type Tensor } from '../../src/index.ts';
import { uniformAt } from './philox.ts';
import { Nd, sum } from './nd.ts';
import { bools, golden, normal, uniform, values, type Case, type Input, type Row } from './row.ts';

interface Attrs {
  readonly isCausal?: boolean;
  readonly scale?: number;
  readonly dropoutP?: number;
  readonly enableGqa?: boolean;
}

const SEED = 11;

/** q, k and v have four axes here; inputs with fewer are given leading ones. */
function four(x: Nd): Nd {
  return new Nd([...Array.from({ length: 4 - x.shape.length }, () => 1), ...x.shape], x.data);
}

function attention({ isCausal, scale, dropoutP = 0 }: Attrs, inputs: readonly Nd[]): Nd {
  const [q, k, v] = inputs.slice(0, 3).map(four) as [Nd, Nd, Nd];
  const mask = inputs[3] && four(inputs[3]);
  const [batch, heads, queries, features] = q.shape as [number, number, number, number];
  const [, groups, keys, out] = v.shape as [number, number, number, number];
  const factor = scale ?? 1 / Math.sqrt(features);
  const bool = mask && mask.data.every((value) => value === 0 || value === 1);
  const weights = (n: number, h: number, i: number): number[] => {
    const from = Math.floor((h * groups) / heads);
    const scores = Array.from({ length: keys }, (_, j) => {
      const at = mask ? mask.broadcast([n, h, i, j]) : 0;
      if ((isCausal && j > i) || (bool && !at) || at < -1e38) return Number.NEGATIVE_INFINITY;
      const product = sum(Array.from({ length: features }, (_, e) => q.get([n, h, i, e]) * k.get([n, from, j, e])));
      return product * factor + (bool ? 0 : at);
    });
    const top = Math.max(...scores);
    if (top === Number.NEGATIVE_INFINITY) return scores.map(() => 0);
    const total = sum(scores.map((score) => Math.exp(score - top)));
    const first = ((n * heads + h) * queries + i) * Math.ceil(keys / 4);
    return scores.map((score, j) => {
      const drawn = (): number => uniformAt(SEED, 0, first + Math.floor(j / 4), (j % 4) as 0 | 1 | 2 | 3);
      const kept = dropoutP === 0 || drawn() >= Math.fround(dropoutP);
      return kept ? Math.exp(score - top) / total / (1 - dropoutP) : 0;
    });
  };
  const rows = new Map<string, number[]>();
  const result = Nd.of([batch, heads, queries, out], ([n = 0, h = 0, i = 0, e = 0]) => {
    const key = `${n} ${h} ${i}`;
    if (!rows.has(key)) rows.set(key, weights(n, h, i));
    return sum(rows.get(key)!.map((weight, j) => weight * v.get([n, Math.floor((h * groups) / heads), j, e])));
  });
  return new Nd([...inputs[0]!.shape.slice(0, -1), out], result.data);
}

/** Values to add that forbid most, and in every fifth row of five all. */
const forbidding = (...shape: number[]): Input =>
  values(
    [0, -3.4e38, 0.5, -3.4e38, -1, Number.NEGATIVE_INFINITY].flatMap((value, at) =>
      at % 3 ? [value, -0.25] : [value],
    ),
    ...shape,
  );

const qkv = (lead: readonly number[], queries: number, keys: number, features: number, out = features): Input[] => [
  normal(...lead, queries, features),
  normal(...lead, keys, features),
  normal(...lead, keys, out),
];

/** Columns of 0 and rows of 0: queries and keys that nothing is allowed. */
const banned = (...shape: number[]): Input => {
  const drawn = bools(...shape);
  const keys = shape.at(-1) ?? 1;
  return {
    ...drawn,
    draw: (random) => {
      const mask = drawn.draw(random);
      return new Nd(
        mask.shape,
        mask.data.map((value, at) => (Math.floor(at / keys) % 3 === 1 ? 0 : value)),
      );
    },
  };
};

export const SIZES: readonly Row<Attrs>[] = [
  { inputs: qkv([], 1, 1, 1), attrs: {} },
  { inputs: qkv([], 5, 7, 3), attrs: {} },
  { inputs: qkv([2], 3, 9, 5, 2), attrs: { scale: 0.7 } },
  { inputs: qkv([2, 3], 17, 13, 8), attrs: {}, samples: 12 },
  { inputs: qkv([1, 2], 33, 33, 16), attrs: { isCausal: true }, samples: 12 },
  { inputs: qkv([1, 1], 6, 3, 4), attrs: { isCausal: true }, label: 'fewer keys' },
  { inputs: qkv([1, 1], 3, 6, 4), attrs: { isCausal: true }, label: 'more keys' },
  { inputs: [...qkv([2, 2], 9, 11, 8), bools(2, 1, 1, 11)], attrs: {}, label: 'padding', samples: 24 },
  { inputs: [...qkv([2, 2], 9, 11, 8), banned(2, 2, 9, 11)], attrs: {}, label: 'rows masked whole', samples: 24 },
  { inputs: [...qkv([2, 2], 12, 12, 8), banned(12, 12)], attrs: { isCausal: true }, label: 'two masks', samples: 24 },
  { inputs: [...qkv([3], 9, 10, 6), bools(9, 10)], attrs: {}, label: 'of three axes', samples: 24 },
  { inputs: [...qkv([2, 2], 9, 11, 8), normal(2, 9, 11)], attrs: {}, label: 'bias with a gradient', samples: 24 },
  { inputs: [normal(2, 6, 7, 8), normal(2, 2, 9, 8), normal(2, 2, 9, 12)], attrs: { enableGqa: true }, samples: 24 },
  { inputs: [normal(1, 4, 7, 4), normal(1, 1, 5, 4), normal(1, 1, 5, 4)], attrs: { enableGqa: true, isCausal: true } },
  { inputs: qkv([2, 2], 7, 9, 8), attrs: { dropoutP: 0.3 }, grad: false },
  { inputs: qkv([1, 2], 21, 21, 4), attrs: { dropoutP: 0.5, isCausal: true }, samples: 24 },
  {
    inputs: [...qkv([2, 2], 6, 11, 4), normal(2, 6, 11)],
    attrs: { dropoutP: 0.4 },
    label: 'bias with a gradient',
    samples: 24,
  },
  {
    inputs: [normal(2, 4, 7, 4), normal(2, 2, 10, 4), normal(2, 2, 10, 4), bools(7, 10)],
    attrs: { dropoutP: 0.4, enableGqa: true },
    samples: 24,
  },
  {
    inputs: [uniform(-9, 9, 5, 8), uniform(-9, 9, 7, 8), normal(7, 8)],
    attrs: { scale: 1 },
    label: 'steep',
    tolerance: 1e-4,
  },
];

const run =
  (options: Attrs) =>
  (q: Tensor, k: Tensor, v: Tensor, attnMask?: Tensor): Tensor => {
    manualSeed(SEED);
    return F.scaledDotProductAttention(q, k, v, { ...options, ...(attnMask ? { attnMask } : {}) });
  };

const why = 'exp is 3 + 2|x| ULP; products of up to 33 terms';

export const attentionCases: Case[] = [
  ...golden<Attrs>({
    op: 'scaledDotProductAttention',
    run: (attrs) => (x, memory) => run(attrs)(x, memory ?? x, memory ?? x),
    reference: (attrs) => (x, memory) => attention(attrs, [x, memory ?? x, memory ?? x]),
    tolerance: 2e-5,
    why,
    rows: [
      { inputs: [normal(2, 2, 9, 8)], attrs: {}, label: 'to itself', samples: 24 },
      { inputs: [normal(1, 2, 7, 8), normal(1, 2, 5, 8)], attrs: {}, label: 'keys that are the values', samples: 24 },
    ],
  }),
  ...golden<Attrs>({
    op: 'scaledDotProductAttention',
    run: (attrs) => run(attrs),
    reference:
      (attrs) =>
      (...inputs) =>
        attention(attrs, inputs),
    tolerance: 2e-5,
    why,
    rows: SIZES,
  }),
  ...golden<Attrs>({
    op: 'scaledDotProductAttention',
    run: (attrs) => (q, k, v, mask) => run(attrs)(q, k, v, mask.detach()),
    reference:
      (attrs) =>
      (...inputs) =>
        attention(attrs, inputs),
    tolerance: 2e-5,
    why,
    grad: false,
    rows: [{ inputs: [...qkv([2, 2], 9, 11, 8), forbidding(2, 1, 9, 11)], attrs: {}, label: 'values that forbid' }],
  }),
];
