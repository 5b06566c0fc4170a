/** What draws random numbers, against the host's Philox: rand, randn, dropout. */
import {
  bernoulli,
  eye,
  F,
  linspace,
  manualSeed,
  normal as drawNormal,
  rand,
  randint,
  randn,
  uniform,
} from '../../src/index.ts';
import { Nd } from './nd.ts';
import { normalAt, philox4x32, uniformAt } from './philox.ts';
import { golden, normal, type Case } from './row.ts';

interface Draw {
  readonly shape: number[];
  readonly seed: number;
  /** Which draw after seeding. */
  readonly draw: number;
}

const DRAWS: readonly { inputs: []; attrs: Draw }[] = [
  { inputs: [], attrs: { shape: [1], seed: 0, draw: 0 } },
  { inputs: [], attrs: { shape: [7, 13], seed: 7, draw: 0 } },
  { inputs: [], attrs: { shape: [1027], seed: -3, draw: 2 } },
];

function drawn(place: (seed: number, offset: number, i: number) => number): (attrs: Draw) => () => Nd {
  return ({ shape, seed, draw }) =>
    () => {
      let i = 0;
      return Nd.of(shape, () => place(seed, draw, i++));
    };
}

const randCases = golden<Draw>({
  op: 'rand',
  run:
    ({ shape, seed, draw }) =>
    () => {
      manualSeed(seed);
      for (let skipped = 0; skipped < draw; skipped++) rand([1]);
      return rand(shape);
    },
  reference: drawn(uniformAt),
  tolerance: 0,
  why: 'integers scaled by a power of two',
  rows: DRAWS,
});

const randnCases = golden<Draw>({
  op: 'randn',
  run:
    ({ shape, seed, draw }) =>
    () => {
      manualSeed(seed);
      for (let skipped = 0; skipped < draw; skipped++) randn([1]);
      return randn(shape);
    },
  reference: drawn(normalAt),
  tolerance: 5e-6,
  why: 'cosine to 1e-7, times a radius of up to 5.8; log near 1 within 2^-21',
  rows: DRAWS,
});

interface Dropout {
  readonly p: number;
  readonly seed: number;
  readonly training: boolean;
}

const dropoutCases = golden<Dropout>({
  op: 'dropout',
  run:
    ({ p, seed, training }) =>
    (x) => {
      manualSeed(seed);
      return F.dropout(x, { p, training });
    },
  reference:
    ({ p, seed, training }) =>
    (x) => {
      const threshold = Math.fround(p);
      const scale = 1 - threshold;
      let i = 0;
      return x.map((value) => {
        if (!training || p === 0) return value;
        return uniformAt(seed, 0, i++) >= threshold ? value / scale : 0;
      });
    },
  tolerance: 2e-6,
  why: 'one division of 2.5 ULP; the mask itself is exact',
  rows: [
    { inputs: [normal(1)], attrs: { p: 0.5, seed: 1, training: true } },
    { inputs: [normal(33, 17)], attrs: { p: 0.2, seed: 5, training: true } },
    { inputs: [normal(129, 65)], attrs: { p: 0.9, seed: 9, training: true }, samples: 16 },
    { inputs: [normal(7, 5)], attrs: { p: 0, seed: 1, training: true } },
    { inputs: [normal(7, 5)], attrs: { p: 0.5, seed: 1, training: false } },
  ],
});

const RANGE = { low: -7, high: 1_000_000 };
const distributions = [
  ...golden<object>({
    op: 'randint',
    run: () => () => {
      manualSeed(3);
      return randint(RANGE.low, RANGE.high, [1027]);
    },
    reference: () => () => {
      const { low, high } = RANGE;
      const word = (i: number): number => philox4x32([i, 0, 0, 0], [3, 0])[0];
      return Nd.of([1027], ([i = 0]) => low + Math.floor((word(i) * (high - low)) / 2 ** 32));
    },
    tolerance: 0,
    why: 'whole numbers',
    rows: [{ inputs: [], attrs: {} }],
  }),
  ...golden<object>({
    op: 'uniform',
    run: () => () => {
      manualSeed(4);
      return uniform(-2, 3, [33, 2]);
    },
    reference: () => () => Nd.of([33, 2], ([row = 0, col = 0]) => -2 + 5 * uniformAt(4, 0, row * 2 + col)),
    tolerance: 1e-6,
    why: 'two roundings',
    rows: [{ inputs: [], attrs: {} }],
  }),
  ...golden<object>({
    op: 'normal',
    run: () => (mean, std) => {
      manualSeed(5);
      return drawNormal(mean, std);
    },
    reference: () => (mean, std) =>
      Nd.of(
        [3, 4],
        (index) => mean.broadcast(index) + std.broadcast(index) * normalAt(5, 0, index[0]! * 4 + index[1]!),
      ),
    tolerance: 2e-5,
    why: 'that of randn; gradients of broadcast inputs sum',
    rows: [{ inputs: [normal(3, 1), normal(4)], attrs: {} }],
  }),
  ...golden<object>({
    op: 'bernoulli',
    run: () => (p) => {
      manualSeed(6);
      return bernoulli(p.sigmoid());
    },
    reference: () => (p) => {
      let i = 0;
      return p.map((value) => Number(uniformAt(6, 0, i++) < 1 / (1 + Math.exp(-value))));
    },
    tolerance: 0,
    why: '0 or 1; no draw of this seed lies on the edge',
    grad: false,
    rows: [{ inputs: [normal(33, 5)], attrs: {} }],
  }),
];

const grids = [
  ...golden<{ rows: number; cols: number }>({
    op: 'eye',
    run:
      ({ rows, cols }) =>
      () =>
        eye(rows, cols),
    reference:
      ({ rows, cols }) =>
      () =>
        Nd.of([rows, cols], ([row, col]) => Number(row === col)),
    tolerance: 0,
    why: '0 or 1',
    rows: [
      { inputs: [], attrs: { rows: 5, cols: 5 } },
      { inputs: [], attrs: { rows: 3, cols: 7 } },
    ],
  }),
  ...golden<{ start: number; end: number; steps: number }>({
    op: 'linspace',
    run:
      ({ start, end, steps }) =>
      () =>
        linspace(start, end, steps),
    reference:
      ({ start, end, steps }) =>
      () =>
        Nd.of([steps], ([i = 0]) => start + ((end - start) * i) / Math.max(1, steps - 1)),
    tolerance: 1e-6,
    why: 'two roundings',
    rows: [
      { inputs: [], attrs: { start: -1, end: 1, steps: 11 } },
      { inputs: [], attrs: { start: 0, end: 0.1, steps: 8 } },
      { inputs: [], attrs: { start: 3, end: 9, steps: 1 } },
    ],
  }),
];

export const randomCases: Case[] = [...randCases, ...randnCases, ...dropoutCases, ...distributions, ...grids];
