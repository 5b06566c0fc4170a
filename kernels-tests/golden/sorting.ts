/** Sorting and scans: argsort, sort, topk, median, quantile, cumsum, cumprod. */
import { Nd, product } from './nd.ts';
import {
  awayFromZero,
  bools,
  distinct,
  golden,
  integers,
  normal,
  uniform,
  values,
  type Case,
  type Row,
} from './row.ts';

/** Each line along the axis as another of any length. */
function lines(x: Nd, axis: number, size: number, f: (line: number[]) => readonly number[]): Nd {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const out = new Nd(x.shape.with(at, size));
  const inner = product(x.shape.slice(at + 1));
  const length = x.shape[at] ?? 0;
  for (let line = 0; line < x.size / Math.max(1, length); line++) {
    const [o, i] = [Math.floor(line / inner), line % inner];
    const from = Array.from({ length }, (_, r) => x.data[(o * length + r) * inner + i] ?? Number.NaN);
    f(from).forEach((value, r) => (out.data[(o * size + r) * inner + i] = value));
  }
  return out;
}

/** NaN is greater than infinity; equals keep their order. */
function order(line: readonly number[], descending = false): number[] {
  const compare = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a < b ? -1 : a > b ? 1 : 0;
  };
  const sign = descending ? -1 : 1;
  return line.map((_, index) => index).toSorted((a, b) => sign * compare(line[a] ?? 0, line[b] ?? 0) || a - b);
}

interface Sort {
  readonly axis?: number;
  readonly descending?: boolean;
}

const EDGES = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 1e-40, 3e38, -3e38];

const ROWS: Row<Sort>[] = [
  { inputs: [normal(1)], attrs: {} },
  { inputs: [normal()], attrs: {}, label: 'a scalar', grad: false },
  { inputs: [normal(5, 1)], attrs: {} },
  { inputs: [distinct(7, 13)], attrs: {} },
  { inputs: [distinct(7, 13)], attrs: { axis: 0, descending: true } },
  { inputs: [distinct(3, 65, 2)], attrs: { axis: 1 } },
  { inputs: [distinct(3, 127)], attrs: { descending: true } },
  { inputs: [distinct(2, 64)], attrs: {} },
  { inputs: [distinct(2, 256)], attrs: {}, samples: 4 },
  { inputs: [distinct(3, 257)], attrs: { descending: true }, samples: 4 },
  { inputs: [distinct(2, 512)], attrs: {}, samples: 4 },
  { inputs: [distinct(2, 513)], attrs: {}, samples: 4 },
  { inputs: [distinct(1000)], attrs: {} },
  { inputs: [distinct(2, 2049)], attrs: { descending: true }, samples: 4 },
  { inputs: [distinct(5000)], attrs: {}, samples: 4 },
  { inputs: [distinct(2, 8192)], attrs: {}, samples: 4, label: 'a power of two' },
  { inputs: [distinct(10_007)], attrs: {}, samples: 4 },
  { inputs: [values([3, 1, 2, 1], 2, 50)], attrs: {}, label: 'with ties', grad: false },
  { inputs: [values([3, 1, 2, 1], 200)], attrs: { descending: true }, label: 'with ties', grad: false },
  { inputs: [integers(0, 3, 5000)], attrs: { descending: true }, label: 'of many ties' },
  { inputs: [values(EDGES, 4, 10)], attrs: {}, label: 'of extremes', grad: false },
  { inputs: [values(EDGES, 110)], attrs: { descending: true }, label: 'of extremes', grad: false },
  { inputs: [integers(-(2 ** 31), 2 ** 31 - 1, 3, 101)], attrs: {}, label: 'of int32', tolerance: 0 },
  { inputs: [bools(2, 33)], attrs: {}, label: 'of bool' },
  { inputs: [distinct(66_001, 3)], attrs: {}, label: 'more rows than 65,535', samples: 4 },
];

const argsortCases = golden<Sort>({
  op: 'argsort',
  run:
    ({ axis, ...options }) =>
    (x) =>
      x.argsort(axis, options),
  reference:
    ({ axis = -1, descending = false }) =>
    (x) =>
      x.shape.length === 0 ? new Nd([]) : lines(x, axis, x.shape.at(axis) ?? 0, (line) => order(line, descending)),
  tolerance: 0,
  why: 'an order is exact',
  rows: ROWS.map((row) => ({ ...row, grad: false })),
});

const sortCases = golden<Sort>({
  op: 'sort',
  run:
    ({ axis, ...options }) =>
    (x) =>
      x.sort(axis, options)[0],
  reference:
    ({ axis = -1, descending = false }) =>
    (x) =>
      x.shape.length === 0
        ? x
        : lines(x, axis, x.shape.at(axis) ?? 0, (line) => order(line, descending).map((index) => line[index] ?? 0)),
  tolerance: 1e-6,
  why: 'a copy is exact',
  rows: ROWS,
});

const topkCases = [0, 1].flatMap((which) =>
  golden<{ k: number; axis?: number; largest?: boolean }>({
    op: 'topk',
    run:
      ({ k, axis, ...options }) =>
      (x) =>
        x.topk(k, axis, options)[which]!,
    reference:
      ({ k, axis = -1, largest = true }) =>
      (x) =>
        lines(x, axis, k, (line) => {
          const best = order(line, largest).slice(0, k);
          return which ? best : best.map((index) => line[index] ?? 0);
        }),
    tolerance: which ? 0 : 1e-6,
    why: 'a copy is exact',
    grad: which === 0,
    rows: [
      { inputs: [distinct(1)], attrs: { k: 1 } },
      { inputs: [distinct(5, 9)], attrs: { k: 3 } },
      { inputs: [distinct(5, 9, 2)], attrs: { k: 2, axis: 1, largest: false } },
      { inputs: [distinct(2, 1000)], attrs: { k: 5 } },
      { inputs: [distinct(5003)], attrs: { k: 2 }, samples: 8 },
    ].map((row) => ({ ...row, label: which ? 'places' : 'values' })),
  }),
);

const quantileOf = (line: readonly number[], exact: number): number => {
  if (line.some(Number.isNaN)) return Number.NaN;
  const sorted = line.toSorted((a, b) => a - b);
  const low = sorted[Math.floor(exact)] ?? 0;
  return low + (exact % 1) * ((sorted[Math.ceil(exact)] ?? 0) - low);
};

interface Ranked {
  readonly q?: number;
  readonly axis?: number;
  readonly keepdim?: boolean;
}

const rankedCases = golden<Ranked>({
  op: 'median and quantile',
  run:
    ({ q, axis, ...options }) =>
    (x) =>
      q === undefined ? x.median(axis, options) : x.quantile(q, axis, options),
  reference:
    ({ q, axis, keepdim = false }) =>
    (x) => {
      const exact = (size: number): number => (q === undefined ? Math.floor((size - 1) / 2) : q * (size - 1));
      const from = axis === undefined ? new Nd([x.size], x.data) : x;
      const at = axis === undefined ? 0 : axis < 0 ? axis + x.shape.length : axis;
      const found = lines(from, at, 1, (line) => [quantileOf(line, exact(line.length))]);
      if (keepdim)
        return axis === undefined
          ? new Nd(
              x.shape.map(() => 1),
              found.data,
            )
          : found;
      return new Nd(found.shape.toSpliced(at, 1), found.data);
    },
  tolerance: 1e-5,
  why: 'one multiplication and two additions',
  rows: [
    { inputs: [distinct(9)], attrs: {} },
    { inputs: [distinct(4, 10)], attrs: { axis: 1 } },
    { inputs: [distinct(5, 7)], attrs: { axis: 0, keepdim: true } },
    { inputs: [distinct(5, 7)], attrs: { keepdim: true } },
    { inputs: [integers(1 << 25, 1 << 26, 6, 5)], attrs: { axis: 0 }, label: 'of large int32', tolerance: 0 },
    { inputs: [values([1, Number.NaN, 3, 2, 5, 6], 3, 2)], attrs: { axis: 1 }, label: 'with NaN', grad: false },
    { inputs: [distinct(11)], attrs: { q: 0.3 } },
    { inputs: [distinct(4, 10)], attrs: { q: 0.75, axis: 1 } },
    { inputs: [distinct(4, 10)], attrs: { q: 1, axis: -1, keepdim: true } },
    { inputs: [values([Infinity, 1, 2], 6)], attrs: { q: 0 }, label: 'with inf', grad: false },
  ],
});

interface Scan {
  readonly axis: number;
}

const scanRows = (draw: typeof normal): Row<Scan>[] => [
  { inputs: [draw(1)], attrs: { axis: 0 } },
  { inputs: [draw(7, 13)], attrs: { axis: 0 } },
  { inputs: [draw(7, 13)], attrs: { axis: -1 } },
  { inputs: [draw(2, 3, 5, 2)], attrs: { axis: 1 } },
  { inputs: [draw(3, 257)], attrs: { axis: 1 } },
  { inputs: [draw(66_001, 2)], attrs: { axis: 1 }, label: 'more rows than 65,535', samples: 4 },
];

const running = (f: (a: number, b: number) => number) => (line: readonly number[]) => {
  let total: number | undefined;
  return line.map((value) => (total = total === undefined ? value : f(total, value)));
};

const cumsumCases = golden<Scan>({
  op: 'cumsum',
  run:
    ({ axis }) =>
    (x) =>
      x.cumsum(axis),
  reference:
    ({ axis }) =>
    (x) =>
      lines(
        x,
        axis,
        x.shape.at(axis) ?? 0,
        running((a, b) => a + b),
      ),
  tolerance: 1e-4,
  why: 'running float32 sums',
  rows: [
    ...scanRows(normal),
    { inputs: [normal(5003)], attrs: { axis: 0 }, samples: 8 },
    { inputs: [integers(0, 1 << 20, 3, 1000)], attrs: { axis: 1 }, label: 'of large int32', tolerance: 0 },
    { inputs: [bools(300)], attrs: { axis: 0 }, label: 'of bool', tolerance: 0 },
  ],
});

const cumprodCases = golden<Scan>({
  op: 'cumprod',
  run:
    ({ axis }) =>
    (x) =>
      x.cumprod(axis),
  reference:
    ({ axis }) =>
    (x) =>
      lines(
        x,
        axis,
        x.shape.at(axis) ?? 0,
        running((a, b) => a * b),
      ),
  tolerance: 2e-4,
  why: 'running float32 products',
  rows: [
    ...scanRows((...shape) => uniform(0.9, 1.1, ...shape)),
    { inputs: [awayFromZero(5, 6)], attrs: { axis: 1 } },
    { inputs: [values([2, 3, 0, 1.5, -1, 4], 3, 6)], attrs: { axis: 1 }, label: 'with a zero' },
    { inputs: [values([2, 0, 3, 0, 5], 2, 5)], attrs: { axis: 1 }, label: 'with two zeros' },
    { inputs: [values([0, 3, 2], 3)], attrs: { axis: 0 }, label: 'with a zero in front' },
    { inputs: [integers(1, 3, 2, 20)], attrs: { axis: 1 }, label: 'of int32', tolerance: 0 },
  ],
});

export const sortingCases: Case[] = [
  ...argsortCases,
  ...sortCases,
  ...topkCases,
  ...rankedCases,
  ...cumsumCases,
  ...cumprodCases,
];
