/**
 * What is measured: each case is a name, shapes, and the float64 truth that a result must meet before its time counts.
 * Knows no engine and no browser, so that the command line can list the cases without loading either.
 */
import { lossesOf, type Optimiser } from './mlp-reference.ts';
import { trainingData } from './training-data.ts';
import { uniform } from './values.ts';

/** One op, run again and again on the same inputs. */
export interface OpCase {
  readonly kind: 'op';
  readonly name: string;
  readonly title: string;
  readonly op: 'matmul' | 'conv2d';
  /** Of zeros on each side, for a convolution. */
  readonly padding: number;
  readonly shapes: readonly (readonly number[])[];
  readonly outShape: readonly number[];
  /** Of one run. */
  readonly flops: number;
  /** Largest error that may be, relative to the largest element of the reference. */
  readonly tolerance: number;
  /** One element of the result in float64. */
  readonly reference: (inputs: readonly Float32Array[], index: number) => number;
}

/** Training steps of an MLP on one batch that stays on the GPU: forward, backward, optimiser. */
export interface TrainingCase {
  readonly kind: 'training';
  readonly name: string;
  readonly title: string;
  /** Features in, hidden units, classes out. */
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly optimiser: Optimiser;
  /** Models that are trained side by side, all from one start; more than one is a race, which only this engine runs. */
  readonly members: number;
  readonly flops: number;
  /** Largest relative error of each of the first losses. */
  readonly tolerance: number;
}

export type Case = OpCase | TrainingCase;

/** The losses of this many steps are held to the reference. */
export const CHECKED_STEPS = 5;

export const CASES: readonly Case[] = [
  matmul(256),
  matmul(512),
  matmul(1024),
  conv2d('conv-3-6-k5', [32, 3, 32, 32], [6, 3, 5, 5], 0),
  conv2d('conv-64-64-k3', [8, 64, 32, 32], [64, 64, 3, 3], 1),
  conv2d('conv-64-256-k1', [8, 64, 16, 16], [256, 64, 1, 1], 0),
  mlp('tiny-mlp', 'tiny MLP step', [2, 16, 16, 2], 32, { name: 'sgd', lr: 0.1 }),
  mlp('race', 'race of 8 tiny MLPs', [2, 16, 16, 2], 32, { name: 'sgd', lr: 0.1 }, 8),
  mlp('mnist-mlp', 'MNIST MLP step', [784, 256, 128, 10], 64, { name: 'adam', lr: 1e-3 }),
];

/** @throws when there is no case of that name. */
export function findCase(name: string): Case {
  const found = CASES.find((each) => each.name === name);
  if (found) return found;
  throw new Error(`bench: there is no case "${name}". The cases are ${CASES.map((each) => each.name).join(', ')}.`);
}

export function inputsOf(work: OpCase): Float32Array<ArrayBuffer>[] {
  return work.shapes.map((shape, index) => uniform(100 + index, product(shape)));
}

/** The first losses in float64. */
export function referenceLosses(work: TrainingCase): number[] {
  return lossesOf(trainingData(work.sizes, work.batch), work.batch, work.optimiser, CHECKED_STEPS);
}

function matmul(size: number): OpCase {
  return {
    kind: 'op',
    name: `matmul-${size}`,
    title: `matmul ${size}x${size}x${size}`,
    op: 'matmul',
    padding: 0,
    shapes: [
      [size, size],
      [size, size],
    ],
    outShape: [size, size],
    flops: 2 * size ** 3,
    // A float32 sum of 1,024 products is off by about 1e-6; ten times that leaves room for any order of summation.
    tolerance: 1e-5,
    reference: ([a, b], index) => {
      const row = Math.floor(index / size);
      const column = index % size;
      let sum = 0;
      for (let k = 0; k < size; k++) sum += (a?.[row * size + k] ?? NaN) * (b?.[k * size + column] ?? NaN);
      return sum;
    },
  };
}

type Sizes = readonly [number, number, number, number];

/** Images [batch, in, side, side] under filters [out, in, kernel, kernel]. */
function conv2d(name: string, x: Sizes, w: Sizes, padding: number): OpCase {
  const [batch, inputs, side] = x;
  const [outputs, , kernel] = w;
  const out = side + 2 * padding - kernel + 1;
  const outShape = [batch, outputs, out, out];
  return {
    kind: 'op',
    name,
    title: `conv ${inputs}->${outputs} k${kernel}, ${side}x${side}, batch ${batch}`,
    op: 'conv2d',
    padding,
    shapes: [x, w],
    outShape,
    flops: 2 * product(outShape) * inputs * kernel ** 2,
    // As of a matrix product: sums of at most 576 products.
    tolerance: 1e-5,
    reference: ([images, filters], index) => {
      const [column, row] = [index % out, Math.floor(index / out) % out];
      const output = Math.floor(index / out ** 2) % outputs;
      const image = Math.floor(index / (out ** 2 * outputs));
      let sum = 0;
      for (let c = 0; c < inputs; c++)
        for (let tap = 0; tap < kernel ** 2; tap++) {
          const y = row + Math.floor(tap / kernel) - padding;
          const z = column + (tap % kernel) - padding;
          if (y < 0 || z < 0 || y >= side || z >= side) continue;
          const pixel = images?.[((image * inputs + c) * side + y) * side + z] ?? NaN;
          sum += pixel * (filters?.[(output * inputs + c) * kernel ** 2 + tap] ?? NaN);
        }
      return sum;
    },
  };
}

function mlp(
  name: string,
  title: string,
  sizes: readonly number[],
  batch: number,
  optimiser: Optimiser,
  members = 1,
): TrainingCase {
  const products = sizes.slice(1).reduce((sum, outputs, index) => sum + outputs * (sizes[index] ?? 0), 0);
  return {
    kind: 'training',
    name,
    title: `${title}, ${sizes.join('-')}, batch ${batch}, ${optimiser.name === 'sgd' ? 'SGD' : 'Adam'}`,
    sizes,
    batch,
    optimiser,
    members,
    flops: 6 * batch * products * members,
    tolerance: 1e-4,
  };
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}
