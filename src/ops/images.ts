/**
 * Images as they are stored and as they are varied: bytes made numbers, and pictures shifted and mirrored. No gradient
 * flows through.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show } from '../graph/value.ts';
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

const cropFlipOp = definePointwise({
  name: 'crop_flip',
  inputs: ['x', 'down', 'right', 'mirrored'],
  whole: [0],
  dtype: () => 'float32',
  shape: (_, [x]) => x!.shape,
  expression([x, down, right, mirrored], _, [images]) {
    const [height, width] = images!.shape.slice(-2) as [number, number];
    const row = `(i32(i / ${width}u % ${height}u) + i32(${down}))`;
    const column = `(select(i32(i % ${width}u), ${width - 1} - i32(i % ${width}u), ${mirrored} != 0.0) + i32(${right}))`;
    const inside = `${row} >= 0 && ${row} < ${height} && ${column} >= 0 && ${column} < ${width}`;
    const plane = `i / ${height * width}u * ${height * width}u`;
    return `select(0.0, ${x}[${plane} + u32(${row} * ${width} + ${column})], ${inside})`;
  },
});

/**
 * Images moved by whole pixels, with zeros coming in, and mirrored where asked for: pixel (r, c) of the result is what x
 * has at (r + down, c' + right), c' counted from the right where `mirrored` is not 0.
 *
 * @param x float32 [n, channels, rows, columns]; the others float32 [n, 1, 1, 1]
 */
export function cropFlip(x: Tensor, down: Tensor, right: Tensor, mirrored: Tensor): Tensor {
  requireFloat('cropFlip', [x, down, right, mirrored]);
  if (x.ndim !== 4) throw new Error(`cropFlip: x is ${show(x.shape)}; it must be [n, channels, rows, columns].`);
  return apply(cropFlipOp, [x, down, right, mirrored], {});
}
