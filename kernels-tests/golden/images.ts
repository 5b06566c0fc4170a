/** Images as bytes in words, images moved by whole pixels and mirrored, and squares cut out. */
import { cropFlip, cutout, unpackBytes } from '../../src/ops/images.ts';
import { Nd } from './nd.ts';
import { golden, integers, normal, values, type Case } from './row.ts';

const WORD = 2 ** 31;

export const imageCases: Case[] = [
  ...golden<{ count: number }>({
    op: 'unpackBytes',
    run:
      ({ count }) =>
      (words) =>
        unpackBytes(words, count),
    reference:
      ({ count }) =>
      (words) =>
        Nd.of([words.shape[0]!, count], ([row = 0, at = 0]) => {
          const word = words.at(row, Math.floor(at / 4));
          return Math.floor((word < 0 ? word + 2 * WORD : word) / 256 ** (at % 4)) % 256;
        }),
    tolerance: 0,
    why: 'bytes are exact in float32',
    grad: false,
    rows: [
      { inputs: [integers(-WORD, WORD, 1, 1)], attrs: { count: 1 } },
      { inputs: [integers(-WORD, WORD, 3, 1)], attrs: { count: 4 } },
      { inputs: [integers(-WORD, WORD, 5, 2)], attrs: { count: 5 } },
      { inputs: [integers(-WORD, WORD, 7, 33)], attrs: { count: 131 } },
      { inputs: [integers(-WORD, WORD, 2, 768)], attrs: { count: 3072 }, label: 'CIFAR-10' },
      { inputs: [integers(-WORD, WORD, 70_001, 1)], attrs: { count: 2 }, label: 'many rows' },
    ],
  }),
  ...golden<object>({
    op: 'cropFlip',
    run: () => (x, places) => cropFlip(x, places),
    reference: () => (x, places) => {
      const [rows = 0, columns = 0] = x.shape.slice(2);
      return Nd.of(x.shape, ([n = 0, c = 0, i = 0, j = 0]) => {
        const row = i + places.at(n, 0);
        const column = (places.at(n, 2) ? columns - 1 - j : j) + places.at(n, 1);
        const inside = row >= 0 && row < rows && column >= 0 && column < columns;
        return inside ? x.at(n, c, row, column) : 0;
      });
    },
    tolerance: 0,
    why: 'values are copied',
    grad: false,
    rows: [
      { inputs: [normal(1, 1, 1, 1), values([0, 0, 1], 1, 3)], attrs: {} },
      {
        inputs: [normal(6, 3, 7, 5), values([0, 0, 0, 2, -1, 1, -3, 4, 0, 0, 2, 1], 6, 3)],
        attrs: {},
        label: 'every way',
      },
      {
        inputs: [normal(3, 2, 4, 13), values([4, 13, 1, -4, 0, 0, 9, -13, 1], 3, 3)],
        attrs: {},
        label: 'beyond the image',
      },
    ],
  }),
  ...golden<{ size: number }>({
    op: 'cutout',
    run:
      ({ size }) =>
      (x, middles) =>
        cutout(x, middles, size),
    reference:
      ({ size }) =>
      (x, middles) =>
        Nd.of(x.shape, ([n = 0, c = 0, i = 0, j = 0]) => {
          const first = [0, 1].map((axis) => middles.at(n, axis) - Math.floor(size / 2));
          const within = [i, j].every((at, axis) => at >= first[axis]! && at < first[axis]! + size);
          return within ? 0 : x.at(n, c, i, j);
        }),
    tolerance: 0,
    why: 'values are copied',
    grad: false,
    rows: [
      { inputs: [normal(1, 1, 1, 1), values([0], 1, 2)], attrs: { size: 1 } },
      { inputs: [normal(4, 3, 7, 5), values([0, 0, 6, 4, 3, 2, 0, 4], 4, 2)], attrs: { size: 3 } },
      { inputs: [normal(2, 2, 8, 11), values([4, 9, 7, 0], 2, 2)], attrs: { size: 4 }, label: 'even' },
      { inputs: [normal(2, 1, 5, 5), values([2], 2, 2)], attrs: { size: 40 }, label: 'all' },
    ],
  }),
];
