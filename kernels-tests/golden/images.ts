/** Images as bytes in words, and images moved by whole pixels and mirrored. */
import { cropFlip, unpackBytes } from '../../src/ops/images.ts';
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
    run: () => (x, down, right, mirrored) => cropFlip(x, down, right, mirrored),
    reference: () => (x, down, right, mirrored) => {
      const [rows = 0, columns = 0] = x.shape.slice(2);
      return Nd.of(x.shape, ([n = 0, c = 0, i = 0, j = 0]) => {
        const row = i + down.at(n, 0, 0, 0);
        const column = (mirrored.at(n, 0, 0, 0) ? columns - 1 - j : j) + right.at(n, 0, 0, 0);
        const inside = row >= 0 && row < rows && column >= 0 && column < columns;
        return inside ? x.at(n, c, row, column) : 0;
      });
    },
    tolerance: 0,
    why: 'values are copied',
    grad: false,
    rows: [
      {
        inputs: [normal(1, 1, 1, 1), values([0], 1, 1, 1, 1), values([0], 1, 1, 1, 1), values([1], 1, 1, 1, 1)],
        attrs: {},
      },
      {
        inputs: [
          normal(6, 3, 7, 5),
          values([0, 2, -3], 6, 1, 1, 1),
          values([0, -1, 4, 2], 6, 1, 1, 1),
          values([0, 1], 6, 1, 1, 1),
        ],
        attrs: {},
        label: 'every way',
      },
      {
        inputs: [
          normal(3, 2, 4, 13),
          values([4, -4, 9], 3, 1, 1, 1),
          values([13, 0, -13], 3, 1, 1, 1),
          values([1, 0, 1], 3, 1, 1, 1),
        ],
        attrs: {},
        label: 'beyond the image',
      },
    ],
  }),
];
