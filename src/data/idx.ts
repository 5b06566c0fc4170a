/**
 * The IDX format of the MNIST files: a magic number with element type and rank, big-endian sizes, then the elements.
 *
 * Every count in the header is checked against the file before memory is taken for it. Nothing here knows what the
 * elements mean.
 *
 * Source: "The MNIST database of handwritten digits", LeCun, Cortes & Burges, section "File formats".
 */
import { fileBytes, gunzip, isGzip, type FileSource } from './gunzip.ts';

/** The contents of an IDX file. */
export interface IdxArray {
  readonly dtype: 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

interface ElementType {
  readonly dtype: IdxArray['dtype'];
  readonly bytes: number;
  decode(body: Uint8Array): IdxArray['data'];
}

const elementTypes: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [0x08, { dtype: 'uint8', bytes: 1, decode: (body) => body.slice() }],
  [0x09, { dtype: 'int8', bytes: 1, decode: (body) => new Int8Array(swapped(body, 1)) }],
  [0x0b, { dtype: 'int16', bytes: 2, decode: (body) => new Int16Array(swapped(body, 2)) }],
  [0x0c, { dtype: 'int32', bytes: 4, decode: (body) => new Int32Array(swapped(body, 4)) }],
  [0x0d, { dtype: 'float32', bytes: 4, decode: (body) => new Float32Array(swapped(body, 4)) }],
  [0x0e, { dtype: 'float64', bytes: 8, decode: (body) => new Float64Array(swapped(body, 8)) }],
]);

/** A copy with the bytes of each element in reverse order: the file is big-endian, all hosts are little-endian. */
function swapped(body: Uint8Array, size: number): ArrayBuffer {
  const copy = new Uint8Array(body);
  for (let at = 0; at < copy.length; at += size) copy.subarray(at, at + size).reverse();
  return copy.buffer;
}

export interface IdxOptions {
  /** Refuse files that are larger than this once decompressed. Default 1 GiB. */
  maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 2 ** 30;

/**
 * Reads an IDX file, gzip-compressed or not.
 *
 * @throws Error where the file is damaged, no IDX, or larger than `maxBytes`.
 */
export async function readIdx(source: FileSource, options: IdxOptions = {}): Promise<IdxArray> {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  const bytes = await fileBytes(source);
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, maxBytes) : bytes, { maxBytes });
}

/** Reads the bytes of an uncompressed IDX file. Throws as `readIdx` does. */
export function parseIdx(bytes: Uint8Array, options: IdxOptions = {}): IdxArray {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  if (bytes.length > maxBytes) {
    throw fault(
      `the file has ${bytes.length} bytes, more than maxBytes (${maxBytes})`,
      'Raise maxBytes if that is intended.',
    );
  }
  if (isGzip(bytes)) throw fault('the file is gzip-compressed', 'Use readIdx, which decompresses it.');
  if (bytes.length < 4) throw cutShort(bytes.length, 4, 'the magic number');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const type = elementTypes.get(view.getUint8(2));
  const rank = view.getUint8(3);
  if (view.getUint16(0) !== 0 || !type || rank === 0) {
    throw fault(
      `wrong magic number 0x${magic.toString(16).padStart(8, '0')}`,
      'An IDX file starts with two zero bytes, an element type (08, 09, 0b, 0c, 0d, 0e) and the number of dimensions.',
    );
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw cutShort(bytes.length, start, `a header of ${rank} dimensions`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // A product of up to 255 sizes may round or overflow to Infinity; either way it is far beyond maxBytes.
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = start + count * type.bytes;
  const what = `${type.dtype} [${shape.join(', ')}]`;
  if (!(expected <= maxBytes)) {
    throw fault(
      `the header asks for ${what}, more than maxBytes (${maxBytes})`,
      'The file is damaged, or raise maxBytes.',
    );
  }
  if (bytes.length < expected) throw cutShort(bytes.length, expected, what);
  if (bytes.length > expected) {
    throw fault(
      `${bytes.length - expected} bytes follow the data. ${what} ends at byte ${expected} of ${bytes.length}`,
      'The header does not belong to this file; download it again.',
    );
  }
  return { dtype: type.dtype, shape, data: type.decode(bytes.subarray(start)) };
}

function fault(what: string, remedy: string): Error {
  return new Error(`idx: ${what}. ${remedy}`);
}

function cutShort(have: number, need: number, what: string): Error {
  return fault(`the file is cut short: ${have} bytes, but ${what} needs ${need}`, 'Download it again.');
}
