/** What draws random numbers, against the host's Philox: rand, randn, dropout. */
import { F, manualSeed, rand, randn } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { normalAt, uniformAt } from './philox.ts';
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
  tolerance: 2e-3,
  why: 'WGSL allows cos 2^-11 absolute, times a radius of up to 5.8',
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

export const randomCases: Case[] = [...randCases, ...randnCases, ...dropoutCases];
