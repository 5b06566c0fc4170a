/** What changes the size of images: borders of other than one value, interpolation, pixel shuffling; and dropout of channels. */
import { F, manualSeed } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { uniformAt } from './philox.ts';
import { golden, normal, type Case } from './row.ts';

type Mode = 'reflect' | 'replicate' | 'circular';

/** The place that a border shows, one step at a time. */
function shown(place: number, size: number, mode: Mode): number {
  if (mode === 'replicate') return Math.min(Math.max(place, 0), size - 1);
  if (mode === 'circular') return (place + size) % size;
  return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
}

const borderCases = golden<{ pad: readonly number[]; mode: Mode }>({
  op: 'pad',
  run:
    ({ pad, mode }) =>
    (x) =>
      F.pad(x, pad, { mode }),
  reference:
    ({ pad, mode }) =>
    (x) => {
      const sides = x.shape.map((_, axis) => [0, 1].map((side) => pad[2 * (x.shape.length - 1 - axis) + side] ?? 0));
      return Nd.of(
        x.shape.map((size, axis) => size + sides[axis]![0]! + sides[axis]![1]!),
        (index) => x.get(index.map((at, axis) => shown(at - sides[axis]![0]!, x.shape[axis]!, mode))),
      );
    },
  tolerance: 1e-6,
  why: 'selects elements',
  rows: (['reflect', 'replicate', 'circular'] as const).flatMap((mode) => [
    { inputs: [normal(7)], attrs: { pad: [2, 3], mode } },
    { inputs: [normal(2, 3, 5, 4)], attrs: { pad: [1, 3, 4, 0], mode } },
    { inputs: [normal(1, 1, 2, 3)], attrs: { pad: [2, 2, 1, 1], mode }, label: 'as wide as it goes' },
    { inputs: [normal(3, 6, 5)], attrs: { pad: [0, 0, 2, 1], mode }, label: 'of the rows alone' },
  ]),
});

interface Resize {
  readonly size?: number | readonly number[];
  readonly scaleFactor?: number | readonly number[];
  readonly mode?: 'nearest' | 'linear' | 'bilinear';
  readonly alignCorners?: boolean;
}

/** Pixels of one axis of x that output `o` of `count` takes, each with its weight. */
function taps(o: number, size: number, count: number, factor: number | undefined, attrs: Resize): [number, number][] {
  const scale = factor === undefined ? size / count : 1 / factor;
  if ((attrs.mode ?? 'nearest') === 'nearest') return [[Math.min(Math.floor(o * scale), size - 1), 1]];
  const aligned = count > 1 ? (o * (size - 1)) / (count - 1) : 0;
  const place = attrs.alignCorners ? aligned : Math.max(0, (o + 0.5) * scale - 0.5);
  const low = Math.min(Math.floor(place), size - 1);
  return [
    [low, 1 - (place - low)],
    [Math.min(low + 1, size - 1), place - low],
  ];
}

const interpolateCases = golden<Resize>({
  op: 'interpolate',
  run: (attrs) => (x) => F.interpolate(x, attrs),
  reference: (attrs) => (x) => {
    const lengths = x.shape.slice(2);
    const given = attrs.size ?? attrs.scaleFactor!;
    const each = typeof given === 'number' ? lengths.map(() => given) : given;
    const sizes = attrs.size === undefined ? lengths.map((size, axis) => Math.floor(size * each[axis]!)) : each;
    return Nd.of([...x.shape.slice(0, 2), ...sizes], (index) => {
      const all = lengths.map((size, axis) =>
        taps(index[2 + axis]!, size, sizes[axis]!, attrs.size === undefined ? each[axis] : undefined, attrs),
      );
      const places = all.reduce<{ at: number[]; weight: number }[]>(
        (list, axis) =>
          list.flatMap(({ at, weight }) => axis.map(([i, w]) => ({ at: [...at, i], weight: weight * w }))),
        [{ at: [], weight: 1 }],
      );
      return places.reduce((sum, { at, weight }) => sum + weight * x.get([index[0]!, index[1]!, ...at]), 0);
    });
  },
  tolerance: 5e-6,
  why: 'places in float32, a few roundings of sums',
  rows: [
    { inputs: [normal(1, 1, 1, 1)], attrs: { size: 3, mode: 'bilinear' } },
    { inputs: [normal(2, 3, 4, 5)], attrs: { scaleFactor: 2 } },
    { inputs: [normal(2, 3, 7, 5)], attrs: { size: [3, 11] } },
    { inputs: [normal(1, 2, 7, 6)], attrs: { scaleFactor: [1.5, 0.5] } },
    { inputs: [normal(2, 3, 5)], attrs: { size: 13 } },
    { inputs: [normal(2, 3, 4, 5)], attrs: { scaleFactor: 2, mode: 'bilinear' } },
    { inputs: [normal(1, 2, 7, 5)], attrs: { size: [3, 11], mode: 'bilinear' } },
    { inputs: [normal(1, 2, 7, 5)], attrs: { size: [3, 11], mode: 'bilinear', alignCorners: true } },
    { inputs: [normal(1, 2, 5, 1)], attrs: { size: [1, 4], mode: 'bilinear', alignCorners: true } },
    { inputs: [normal(1, 2, 5, 7)], attrs: { scaleFactor: [2.3, 1.7], mode: 'bilinear' } },
    { inputs: [normal(1, 2, 31, 2)], attrs: { size: [2, 2], mode: 'bilinear' }, label: 'much smaller' },
    { inputs: [normal(2, 3, 5)], attrs: { scaleFactor: 3, mode: 'linear' } },
  ],
});

const shuffleCases = golden<{ r: number }>({
  op: 'pixelShuffle',
  run:
    ({ r }) =>
    (x) =>
      F.pixelShuffle(x, r),
  reference:
    ({ r }) =>
    (x) => {
      const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
      return Nd.of([...x.shape.slice(0, -3), channels / r ** 2, height * r, width * r], (index) => {
        const [c, i, j] = index.slice(-3) as [number, number, number];
        const from = c * r ** 2 + (i % r) * r + (j % r);
        return x.get([...index.slice(0, -3), from, Math.floor(i / r), Math.floor(j / r)]);
      });
    },
  tolerance: 1e-6,
  why: 'moves elements',
  rows: [
    { inputs: [normal(2, 12, 3, 5)], attrs: { r: 2 } },
    { inputs: [normal(9, 2, 1)], attrs: { r: 3 } },
  ],
});

const dropoutCases = golden<{ p: number; seed: number; training: boolean }>({
  op: 'dropout2d',
  run:
    ({ p, seed, training }) =>
    (x) => {
      manualSeed(seed);
      return F.dropout2d(x, { p, training });
    },
  reference:
    ({ p, seed, training }) =>
    (x) => {
      const channels = x.shape[1]!;
      return Nd.of(x.shape, (index) => {
        if (!training || p === 0) return x.get(index);
        const kept = uniformAt(seed, 0, index[0]! * channels + index[1]!) >= Math.fround(p);
        return kept ? x.get(index) / (1 - Math.fround(p)) : 0;
      });
    },
  tolerance: 2e-6,
  why: 'a division and a product; the mask itself is exact',
  rows: [
    { inputs: [normal(4, 7, 3, 5)], attrs: { p: 0.4, seed: 3, training: true } },
    { inputs: [normal(4, 7, 3)], attrs: { p: 0.7, seed: 4, training: true } },
    { inputs: [normal(4, 7, 3, 5)], attrs: { p: 0.4, seed: 3, training: false } },
  ],
});

export const resizingCases: readonly Case[] = [...borderCases, ...interpolateCases, ...shuffleCases, ...dropoutCases];
