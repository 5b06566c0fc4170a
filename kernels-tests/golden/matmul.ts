/** matmul: plain, transposed either way, batched and broadcast, on tiles, off by one, skinny and deep. */
import type { Tensor } from '../../src/index.ts';
import { broadcastShape, Nd } from './nd.ts';
import { golden, normal, type Row } from './row.ts';

interface Attrs {
  readonly transpose: 'nn' | 'nt' | 'tn' | 'tt';
}

/** out[.., i, j] = sum_k a[.., i, k] b[.., k, j]; vectors gain an axis and lose it again. */
export function matmulReference(a: Nd, b: Nd): Nd {
  if (a.shape.length === 1) return dropAxis(matmulReference(new Nd([1, ...a.shape], a.data), b), -2);
  if (b.shape.length === 1) return dropAxis(matmulReference(a, new Nd([...b.shape, 1], b.data)), -1);
  const [rows = 0, inner = 0] = a.shape.slice(-2);
  const cols = b.shape.at(-1) ?? 0;
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return Nd.of([...batch, rows, cols], (index) => {
    const lead = index.slice(0, -2);
    const [i = 0, j = 0] = index.slice(-2);
    const row = a.broadcastOffset([...lead, i, 0]);
    const column = b.broadcastOffset([...lead, 0, j]);
    let total = 0;
    for (let k = 0; k < inner; k++) total += (a.data[row + k] ?? 0) * (b.data[column + k * cols] ?? 0);
    return total;
  });
}

function dropAxis(x: Nd, axis: number): Nd {
  return new Nd(x.shape.toSpliced(axis, 1), x.data);
}

function swapLast(x: Nd): Nd {
  const [rows = 0, cols = 0] = x.shape.slice(-2);
  return Nd.of([...x.shape.slice(0, -2), cols, rows], (index) => {
    const [i = 0, j = 0] = index.slice(-2);
    return x.get([...index.slice(0, -2), j, i]);
  });
}

/** Rows of all four layouts of one m, n, k. */
function layouts(m: number, n: number, k: number, samples?: number): Row<Attrs>[] {
  const extra = samples === undefined ? {} : { samples };
  return [
    { inputs: [normal(m, k), normal(k, n)], attrs: { transpose: 'nn' }, ...extra },
    { inputs: [normal(m, k), normal(n, k)], attrs: { transpose: 'nt' }, ...extra },
    { inputs: [normal(k, m), normal(k, n)], attrs: { transpose: 'tn' }, ...extra },
  ];
}

const turn = (x: Tensor): Tensor => x.transpose(-2, -1);

const product = {
  op: 'matmul',
  run:
    ({ transpose }) =>
    (a, b) =>
      (transpose[0] === 't' ? turn(a) : a).matmul(transpose[1] === 't' ? turn(b) : b),
  reference:
    ({ transpose }) =>
    (a, b) =>
      matmulReference(transpose[0] === 't' ? swapLast(a) : a, transpose[1] === 't' ? swapLast(b) : b),
} satisfies Partial<Parameters<typeof golden<Attrs>>[0]>;

export const matmulCases = golden<Attrs>({
  ...product,
  tolerance: 2e-5,
  why: 'float32 sums of up to 1,027 products of normals: error grows as sqrt(k) * 2^-24 * |terms|',
  rows: [
    ...layouts(1, 1, 1),
    ...layouts(7, 5, 3),
    ...layouts(32, 32, 32),
    ...layouts(31, 33, 32),
    ...layouts(64, 64, 16),
    ...layouts(65, 63, 17, 16),
    ...layouts(128, 132, 36, 8),
    ...layouts(129, 127, 65, 6),
    ...layouts(28, 52, 20, 16),
    ...layouts(260, 268, 252, 2),
    { inputs: [normal(44, 28), normal(36, 44)], attrs: { transpose: 'tt' }, samples: 8 },
    {
      inputs: [normal(3, 20, 28), normal(3, 36, 28)],
      attrs: { transpose: 'nt' },
      label: 'batched in fours',
      samples: 8,
    },
    { inputs: [normal(76, 68), normal(72, 76)], attrs: { transpose: 'tt' }, label: 'in fours', samples: 4 },
    {
      inputs: [normal(2, 68, 40), normal(2, 40, 72)],
      attrs: { transpose: 'nn' },
      label: 'large batch in fours',
      samples: 4,
    },
    { inputs: [normal(2, 65, 33), normal(2, 67, 33)], attrs: { transpose: 'nt' }, label: 'large batch', samples: 4 },
    { inputs: [normal(13, 9), normal(11, 13)], attrs: { transpose: 'tt' } },
    { inputs: [normal(1, 300), normal(300, 70)], attrs: { transpose: 'nn' }, label: 'one row', samples: 16 },
    { inputs: [normal(3, 257), normal(66, 257)], attrs: { transpose: 'nt' }, label: 'few rows', samples: 16 },
    { inputs: [normal(200, 31), normal(31, 1)], attrs: { transpose: 'nn' }, label: 'one column' },
    { inputs: [normal(1027, 10), normal(1027, 6)], attrs: { transpose: 'tn' }, label: 'deep and small', samples: 16 },
    { inputs: [normal(1027, 33), normal(1027, 37)], attrs: { transpose: 'tn' }, label: 'deep', samples: 4 },
    { inputs: [normal(70_001, 2), normal(2, 3)], attrs: { transpose: 'nn' }, label: 'more rows than 65,535' },
    { inputs: [normal(3, 3), normal(3, 70_001)], attrs: { transpose: 'nn' }, label: 'more columns than 65,535' },
    { inputs: [normal(5, 7, 3), normal(5, 3, 4)], attrs: { transpose: 'nn' }, label: 'batched' },
    { inputs: [normal(2, 3, 7, 5), normal(2, 3, 6, 5)], attrs: { transpose: 'nt' }, label: 'batched twice' },
    { inputs: [normal(3, 33, 34), normal(3, 33, 35)], attrs: { transpose: 'tn' }, label: 'batched', samples: 8 },
    { inputs: [normal(4, 7, 3), normal(3, 5)], attrs: { transpose: 'nn' }, label: 'matrix broadcast' },
    { inputs: [normal(7, 3), normal(4, 3, 5)], attrs: { transpose: 'nn' }, label: 'matrix broadcast on the left' },
    { inputs: [normal(2, 1, 4, 3), normal(1, 5, 3, 2)], attrs: { transpose: 'nn' }, label: 'both broadcast' },
    { inputs: [normal(66_000, 1, 2), normal(66_000, 2, 1)], attrs: { transpose: 'nn' }, label: 'batch of 66,000' },
    { inputs: [normal(9), normal(9)], attrs: { transpose: 'nn' }, label: 'two vectors' },
    { inputs: [normal(9), normal(9, 4)], attrs: { transpose: 'nn' }, label: 'a vector and a matrix' },
    { inputs: [normal(6, 9), normal(9)], attrs: { transpose: 'nn' }, label: 'a matrix and a vector' },
  ],
});

/** So deep that k is split, on a GPU, or on a software adapter too. */
export const deepMatmulCases = golden<Attrs>({
  ...product,
  tolerance: 3e-4,
  why: 'as matmul, of 4,100 products',
  rows: [
    ...layouts(5, 9, 1_100, 4),
    { inputs: [normal(2, 1_101, 6), normal(2, 11, 1_101)], attrs: { transpose: 'tt' }, label: 'deep', samples: 4 },
    { inputs: [normal(1, 1_200), normal(1_200, 70)], attrs: { transpose: 'nn' }, label: 'one deep row', samples: 4 },
    { inputs: [normal(4_100, 16), normal(4_100, 16)], attrs: { transpose: 'tn' }, label: 'split in fours', samples: 4 },
    { inputs: [normal(17, 4_099), normal(4_099, 16)], attrs: { transpose: 'nn' }, label: 'deep rows', samples: 4 },
  ],
});

interface Behind {
  readonly activation: 'relu' | 'sigmoid' | 'tanh' | 'square';
}

const ACTIVATIONS: Readonly<Record<Behind['activation'], (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  square: (x) => x * x,
};

/** What is fused behind a matmul must not change what is computed. */
export const fusedMatmulCases = golden<Behind>({
  op: 'matmul',
  run:
    ({ activation }) =>
    (x, weight, bias, residual) =>
      x.matmul(weight.transpose()).add(bias)[activation]().add(residual),
  reference:
    ({ activation }) =>
    (x, weight, bias, residual) => {
      const product = matmulReference(x, swapLast(weight));
      return Nd.of(product.shape, (index) => {
        const linear = product.get(index) + bias.broadcast(index);
        return ACTIVATIONS[activation](linear) + residual.broadcast(index);
      });
    },
  tolerance: 5e-5,
  why: 'as matmul, and square doubles the relative error',
  rows: (['relu', 'sigmoid', 'tanh', 'square'] as const).flatMap((activation) => [
    { inputs: [normal(33, 17), normal(35, 17), normal(35), normal(33, 35)], attrs: { activation }, samples: 12 },
    { inputs: [normal(4, 5), normal(1, 5), normal(1), normal(4, 1)], attrs: { activation } },
    { inputs: [normal(3, 1_100), normal(7, 1_100), normal(7), normal(3, 7)], attrs: { activation }, samples: 4 },
  ]),
});
