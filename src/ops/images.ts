/**
 * Images as they are stored and as they are varied: bytes made numbers, and pictures shifted and mirrored. No gradient
 * flows through.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show, type Shape } from '../graph/value.ts';
import { definePointwise } from './define-pointwise.ts';
import { requireFloat } from './shapes.ts';

const unpackBytesOp = definePointwise<never, { count: number }>({
  name: 'unpack_bytes',
  inputs: ['words'],
  whole: [0],
  dtype: () => 'float32',
  shape: ({ count }, [words]) => [words!.shape[0]!, count],
  expression: ([words], { count }) =>
    `f32((u32(${words}[i / ${count}u * ${Math.ceil(count / 4)}u + i % ${count}u / 4u]) >> (i % ${count}u % 4u * 8u)) & 255u)`,
});

/**
 * Bytes as float32 from 0 to 255: words int32 [rows, ceil(count / 4)], of which each holds four, the first in its lowest
 * bits -> [rows, count].
 */
export function unpackBytes(words: Tensor, count: number): Tensor {
  if (words.dtype !== 'int32' || words.ndim !== 2 || words.shape[1] !== Math.ceil(count / 4))
    throw new Error(
      `unpackBytes: words are ${words.dtype} ${show(words.shape)}; they must be int32 [rows, ${Math.ceil(count / 4)}] for ${count} bytes a row.`,
    );
  return apply(unpackBytesOp, [words], { count });
}

/** Row and column of element i in images of a shape, and the place in `table` of the first of `count` entries of its image. */
function placeIn(shape: Shape, count: number): { row: string; column: string; entry: string } {
  const [channels, height, width] = shape.slice(1) as [number, number, number];
  return {
    row: `i32(i / ${width}u % ${height}u)`,
    column: `i32(i % ${width}u)`,
    entry: `i / ${channels * height * width}u * ${count}u`,
  };
}

const cropFlipOp = definePointwise({
  name: 'crop_flip',
  inputs: ['x', 'places'],
  whole: [0, 1],
  dtype: () => 'float32',
  shape: (_, [x]) => x!.shape,
  expression([x, places], _, [images]) {
    const [height, width] = images!.shape.slice(-2) as [number, number];
    const { row: i, column: j, entry } = placeIn(images!.shape, 3);
    const row = `(${i} + i32(${places}[${entry}]))`;
    const column = `(select(${j}, ${width - 1} - ${j}, ${places}[${entry} + 2u] != 0.0) + i32(${places}[${entry} + 1u]))`;
    const inside = `${row} >= 0 && ${row} < ${height} && ${column} >= 0 && ${column} < ${width}`;
    const plane = `i / ${height * width}u * ${height * width}u`;
    return `select(0.0, ${x}[${plane} + u32(${row} * ${width} + ${column})], ${inside})`;
  },
});

function checkTable(op: string, x: Tensor, table: Tensor, count: number): void {
  requireFloat(op, [x, table]);
  if (x.ndim !== 4 || table.ndim !== 2 || table.shape[0] !== x.shape[0] || table.shape[1] !== count)
    throw new Error(
      `${op}: x is ${show(x.shape)} and its places ${show(table.shape)}; they must be [n, channels, rows, columns] and [n, ${count}].`,
    );
}

/**
 * Images moved by whole pixels, with zeros coming in, and mirrored where asked for: pixel (r, c) of the result is what x
 * has at (r + down, c' + right), c' counted from the right where `mirrored` is not 0.
 *
 * @param x float32 [n, channels, rows, columns]
 * @param places float32 [n, 3] of whole numbers: down, right, mirrored
 */
export function cropFlip(x: Tensor, places: Tensor): Tensor {
  checkTable('cropFlip', x, places, 3);
  return apply(cropFlipOp, [x, places], {});
}

const cutoutOp = definePointwise<never, { size: number }>({
  name: 'cutout',
  inputs: ['x', 'middles'],
  whole: [1],
  dtype: () => 'float32',
  shape: (_, [x]) => x!.shape,
  expression([x, middles], { size }, [images]) {
    const { row, column, entry } = placeIn(images!.shape, 2);
    const within = (place: string, middle: string): string =>
      `${place} - i32(${middle}) >= ${-(size >> 1)} && ${place} - i32(${middle}) < ${size - (size >> 1)}`;
    return `select(${x}, 0.0, ${within(row, `${middles}[${entry}]`)} && ${within(column, `${middles}[${entry} + 1u]`)})`;
  },
});

/**
 * A square of `size` pixels set to 0 in all channels of each image, as far as it lies in it. DeVries & Taylor 2017.
 *
 * @param x float32 [n, channels, rows, columns]
 * @param middles float32 [n, 2] of whole numbers: row and column; an even square has a pixel more before its middle
 */
export function cutout(x: Tensor, middles: Tensor, size: number): Tensor {
  checkTable('cutout', x, middles, 2);
  return apply(cutoutOp, [x, middles], { size: Math.ceil(size) });
}
