/** IDX files: what a sound one gives, and what each kind of damage is called. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseIdx, readIdx } from '../../src/data/idx.ts';

/** An IDX file of unsigned bytes 0, 1, 2, ... */
function idx(shape: readonly number[], type = 0x08, elementBytes = 1): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const file = new Uint8Array(4 + 4 * shape.length + count * elementBytes);
  file.set([0, 0, type, shape.length]);
  const view = new DataView(file.buffer);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  for (let i = 4 + 4 * shape.length; i < file.length; i++) file[i] = i - 4 - 4 * shape.length;
  return file;
}

describe('a sound IDX file', () => {
  it('gives shape, type and elements', () => {
    expect(parseIdx(idx([2, 3]))).toEqual({ dtype: 'uint8', shape: [2, 3], data: Uint8Array.of(0, 1, 2, 3, 4, 5) });
  });

  it('may lie anywhere in a larger buffer', () => {
    const buffer = new Uint8Array(64);
    buffer.set(idx([2, 2], 0x0c, 4), 3);
    expect(parseIdx(buffer.subarray(3, 3 + 12 + 16)).data).toEqual(
      Int32Array.of(0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f),
    );
  });

  it.each([
    [0x09, 'int8', 1, Int8Array.of(-2)],
    [0x0b, 'int16', 2, Int16Array.of(-2)],
    [0x0c, 'int32', 4, Int32Array.of(-2)],
    [0x0d, 'float32', 4, Float32Array.of(-2.5)],
    [0x0e, 'float64', 8, Float64Array.of(-2.1)],
  ])('reads big-endian elements of type %i as %s', (type, dtype, bytes, expected) => {
    const file = idx([1], type, bytes);
    file.set(new Uint8Array(expected.buffer).toReversed(), 8);
    expect(parseIdx(file)).toEqual({ dtype, shape: [1], data: expected });
  });

  it('is read through gzip, from a buffer or a Blob', async () => {
    const packed = gzipSync(idx([3, 2]));
    const expected = parseIdx(idx([3, 2]));
    expect(await readIdx(packed)).toEqual(expected);
    expect(await readIdx(new Blob([packed]))).toEqual(expected);
    expect(await readIdx(idx([3, 2]).buffer as ArrayBuffer)).toEqual(expected);
  });

  it('may hold no elements', () => {
    expect(parseIdx(idx([0, 28, 28]))).toEqual({ dtype: 'uint8', shape: [0, 28, 28], data: new Uint8Array(0) });
  });
});

describe('a damaged IDX file', () => {
  it.each([
    ['an empty file', new Uint8Array(0), 'idx: the file is cut short: 0 bytes, but the magic number needs 4.'],
    ['half a header', idx([2, 3]).subarray(0, 9), 'cut short: 9 bytes, but a header of 2 dimensions needs 12'],
    ['missing elements', idx([2, 3]).subarray(0, 17), 'cut short: 17 bytes, but uint8 [2, 3] needs 18'],
    [
      'bytes behind the data',
      Uint8Array.of(...idx([2, 3]), 9, 9),
      '2 bytes follow the data. uint8 [2, 3] ends at byte 18 of 20',
    ],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0), 'wrong magic number 0x89504e47'],
    ['an unknown element type', idx([1], 0x0a), 'wrong magic number 0x00000a01'],
    ['no dimensions', Uint8Array.of(0, 0, 8, 0, 1), 'wrong magic number 0x00000800'],
    ['gzip where plain bytes are wanted', gzipSync(idx([1])), 'the file is gzip-compressed. Use readIdx'],
  ])('%s is refused by name', (_, file, message) => {
    expect(() => parseIdx(file)).toThrow(message);
  });

  it('sizes whose product overflows are refused before memory is taken', () => {
    const file = idx([1, 1, 1]);
    file.fill(0xff, 4, 16);
    expect(() => parseIdx(file)).toThrow(
      'idx: the header asks for uint8 [4294967295, 4294967295, 4294967295], more than maxBytes (1073741824).',
    );
    const endless = idx(Array.from({ length: 255 }, () => 1));
    endless.fill(0xff, 4, 4 + 4 * 255);
    expect(() => parseIdx(endless)).toThrow('more than maxBytes');
  });

  it('a file larger than maxBytes is refused, compressed or not', async () => {
    expect(() => parseIdx(idx([100]), { maxBytes: 50 })).toThrow('the file has 108 bytes, more than maxBytes (50)');
    const bomb = gzipSync(new Uint8Array(10_000_000));
    await expect(readIdx(bomb, { maxBytes: 1000 })).rejects.toThrow(
      'gunzip: the file decompresses to more than 1000 bytes.',
    );
  });

  it('gzip that is cut short, altered or followed by other bytes is refused', async () => {
    const packed = gzipSync(idx([50, 50]));
    const altered = Uint8Array.from(packed);
    altered[packed.length - 6] = (altered[packed.length - 6] ?? 0) ^ 0x55;
    for (const file of [packed.subarray(0, packed.length - 5), altered, Uint8Array.of(...packed, 1, 2, 3)]) {
      await expect(readIdx(file)).rejects.toThrow('gunzip: the gzip file is damaged');
    }
  });
});
