/**
 * Sweeps: the same work at several sizes, for what a cost should grow by, and for sizes that fill no block of a kernel
 * beside round ones.
 */
import { attentionCase } from './attention.ts';
import type { OpCase, TrainingCase } from './case.ts';
import { convCase } from './convolution.ts';
import { lstmCase } from './lstm.ts';
import { matmulCase } from './matmul.ts';
import { mlpCase } from './mlp.ts';
import { softmaxCase } from './rows.ts';
import { transformerCase } from './transformer.ts';

export interface Sweep {
  readonly name: string;
  readonly title: string;
  /** What differs, such as `batch`. */
  readonly axis: string;
  /** By size. */
  readonly points: readonly SweepPoint[];
}

export interface SweepPoint {
  readonly at: number;
  readonly work: OpCase | TrainingCase;
  /** The round size that this one lies beside. */
  readonly near?: number;
}

const ADAM = { name: 'adam', lr: 1e-3 } as const;

export const SWEEPS: readonly Sweep[] = [
  sweep('batch', 'MNIST MLP, step', 'batch', [16, 32, 64, 128, 256, 512], (batch, name) =>
    mlpCase(name, 'MLP step', [784, 256, 128, 10], batch, ADAM),
  ),
  sweep('width', 'MLP of two hidden layers, step, batch 64', 'width', [32, 64, 128, 256, 512, 1024], (width, name) =>
    mlpCase(name, 'MLP step', [256, width, width, 10], 64, ADAM),
  ),
  sweep('depth', 'MLP 128 wide, step, batch 64', 'hidden layers', [1, 2, 4, 8, 16, 32], (depth, name) =>
    mlpCase(name, 'MLP step', [64, ...Array.from({ length: depth }, () => 128), 10], 64, ADAM),
  ),
  sweep('lstm-length', 'LSTM 64->128, step, batch 32', 'places', [8, 16, 32, 64, 128], (length, name) => ({
    ...lstmCase(length, true),
    name,
  })),
  sweep('transformer-length', 'transformer layer, step, batch 4', 'places', [16, 32, 64, 128, 256], (length, name) =>
    transformerCase(name, length, 4),
  ),
  odd(
    'matmul-side',
    'square product',
    'side',
    [
      [127, 128, 131],
      [251, 256, 257],
      [509, 512, 521],
    ],
    (side, name) => matmulCase(name, `matmul ${side}x${side}x${side}`, [side, side, side]),
  ),
  odd(
    'matmul-rows',
    'product [rows, 256] @ [256, 256]',
    'rows',
    [
      [1, 2],
      [61, 64, 67],
      [4096, 4097],
    ],
    (rows, name) => matmulCase(name, `matmul ${rows}x256 @ 256x256`, [rows, 256, 256]),
  ),
  odd(
    'conv-channels',
    'conv n->n k3 p1, 16x16, batch 8',
    'channels',
    [
      [29, 32, 37],
      [61, 64, 67],
    ],
    (channels, name) => convCase(name, { x: [8, channels, 16, 16], w: [channels, channels, 3, 3], padding: 1 }),
  ),
  odd(
    'attention-places',
    'attention, batch 4, 4 heads, width 32',
    'places',
    [
      [61, 64, 67],
      [251, 256, 257],
    ],
    (length, name) => ({
      ...attentionCase(4, 4, length, 32),
      name,
    }),
  ),
  odd(
    'softmax-columns',
    'softmax of 256 rows',
    'columns',
    [
      [1021, 1024, 1031],
      [4093, 4096, 4097],
    ],
    (columns, name) => softmaxCase(256, columns, name),
  ),
];

type Make = (at: number, name: string) => OpCase | TrainingCase;

function sweep(name: string, title: string, axis: string, sizes: readonly number[], make: Make): Sweep {
  return { name, title, axis, points: sizes.map((at) => ({ at, work: make(at, `${name}-${at}`) })) };
}

/** Each set has one round size: the one with the most twos in it. */
function odd(name: string, title: string, axis: string, sets: readonly (readonly number[])[], make: Make): Sweep {
  const points = sets.flatMap((sizes) => {
    const round = sizes.reduce((best, size) => (twosIn(size) > twosIn(best) ? size : best));
    return sizes.map((at): SweepPoint => {
      const point = { at, work: make(at, `${name}-${at}`) };
      return at === round ? point : { ...point, near: round };
    });
  });
  return { name, title, axis, points };
}

function twosIn(size: number): number {
  return Math.log2(size & -size);
}
