/** What memory bounds: pooling, softmax and layer normalisation. */
import { product } from '../values.ts';
import type { OpCase } from './case.ts';

export const ROWS: readonly OpCase[] = [maxPool2d(32, 16, 28), softmaxCase(1024, 1000), layerNorm(1024, 512)];

export const EPSILON = 1e-5;

function maxPool2d(batch: number, channels: number, side: number): OpCase {
  const out = side / 2;
  const outShape = [batch, channels, out, out];
  return {
    kind: 'op',
    name: 'maxpool',
    title: `maxPool 2x2 [${batch}, ${channels}, ${side}, ${side}]`,
    op: 'maxPool2d',
    padding: 0,
    shapes: [[batch, channels, side, side]],
    outShape,
    flops: 3 * product(outShape),
    // A value of the input, as it is.
    tolerance: 0,
    reference: ([x], index) => {
      const plane = Math.floor(index / out ** 2) * side ** 2;
      const corner = plane + 2 * (Math.floor(index / out) % out) * side + 2 * (index % out);
      return Math.max(...[corner, corner + 1, corner + side, corner + side + 1].map((at) => x?.[at] ?? NaN));
    },
  };
}

export function softmaxCase(rows: number, columns: number, name = 'softmax'): OpCase {
  return {
    kind: 'op',
    name,
    title: `softmax [${rows}, ${columns}]`,
    op: 'softmax',
    padding: 0,
    shapes: [[rows, columns]],
    outShape: [rows, columns],
    flops: 5 * rows * columns,
    tolerance: 1e-5,
    reference: ([x], index) => {
      const row = rowOf(x, index, columns);
      const largest = Math.max(...row);
      const sum = row.reduce((all, value) => all + Math.exp(value - largest), 0);
      return Math.exp((row[index % columns] ?? NaN) - largest) / sum;
    },
  };
}

function layerNorm(rows: number, columns: number): OpCase {
  return {
    kind: 'op',
    name: 'layernorm',
    title: `layerNorm [${rows}, ${columns}]`,
    op: 'layerNorm',
    padding: 0,
    shapes: [[rows, columns], [columns], [columns]],
    outShape: [rows, columns],
    flops: 8 * rows * columns,
    tolerance: 1e-5,
    reference: ([x, weight, bias], index) => {
      const row = rowOf(x, index, columns);
      const column = index % columns;
      const mean = row.reduce((all, value) => all + value, 0) / columns;
      const variance = row.reduce((all, value) => all + (value - mean) ** 2, 0) / columns;
      const value = ((row[column] ?? NaN) - mean) / Math.sqrt(variance + EPSILON);
      return value * (weight?.[column] ?? NaN) + (bias?.[column] ?? NaN);
    },
  };
}

function rowOf(x: Float32Array | undefined, index: number, columns: number): Float64Array {
  const start = Math.floor(index / columns) * columns;
  return Float64Array.from(x?.subarray(start, start + columns) ?? []);
}
