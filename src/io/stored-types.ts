/**
 * The element types of tensor files and how each becomes one that the engine computes with.
 *
 * A value that has no equal there is an error rather than a wrong number; only rounding to float32 is accepted. It
 * knows no file format. Hosts are taken to be little-endian, as all that have WebGPU are.
 */
import type { DType } from '../graph/index.ts';

export type Decoded =
  | { readonly dtype: 'float32'; readonly data: Float32Array }
  | { readonly dtype: 'int32'; readonly data: Int32Array }
  | { readonly dtype: 'bool'; readonly data: Uint8Array };

export interface StoredType {
  /** Bytes an element. */
  readonly bytes: number;
  /** Decodes bytes that belong to the callee; throws a description of the first element that does not fit. */
  decode(buffer: ArrayBuffer): Decoded;
}

/** What the engine's own types are called in a file. */
export const typeNames: Readonly<Record<DType, string>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

export const storedTypes: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ['F32', { bytes: 4, decode: (buffer) => ({ dtype: 'float32', data: new Float32Array(buffer) }) }],
  ['F64', { bytes: 8, decode: (buffer) => ({ dtype: 'float32', data: fromDoubles(new Float64Array(buffer)) }) }],
  ['F16', { bytes: 2, decode: (buffer) => ({ dtype: 'float32', data: fromHalves(new Uint16Array(buffer)) }) }],
  ['BF16', { bytes: 2, decode: (buffer) => ({ dtype: 'float32', data: fromBrainFloats(new Uint16Array(buffer)) }) }],
  ['I64', { bytes: 8, decode: (buffer) => fromIntegers(new BigInt64Array(buffer)) }],
  ['U64', { bytes: 8, decode: (buffer) => fromIntegers(new BigUint64Array(buffer)) }],
  ['I32', { bytes: 4, decode: (buffer) => ({ dtype: 'int32', data: new Int32Array(buffer) }) }],
  ['U32', { bytes: 4, decode: (buffer) => fromIntegers(new Uint32Array(buffer)) }],
  ['I16', { bytes: 2, decode: (buffer) => fromIntegers(new Int16Array(buffer)) }],
  ['U16', { bytes: 2, decode: (buffer) => fromIntegers(new Uint16Array(buffer)) }],
  ['I8', { bytes: 1, decode: (buffer) => fromIntegers(new Int8Array(buffer)) }],
  ['U8', { bytes: 1, decode: (buffer) => fromIntegers(new Uint8Array(buffer)) }],
  ['BOOL', { bytes: 1, decode: (buffer) => ({ dtype: 'bool', data: checkedBooleans(new Uint8Array(buffer)) }) }],
]);

type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Uint32Array | BigInt64Array | BigUint64Array;

function fromIntegers(values: Integers): Decoded {
  const data = new Int32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const value = values[i] ?? 0;
    data[i] = Number(value);
    if (data[i] !== Number(value)) throw new RangeError(`element ${i} is ${value}, beyond int32`);
  }
  return { dtype: 'int32', data };
}

function fromDoubles(values: Float64Array): Float32Array {
  const data = Float32Array.from(values);
  const lost = data.findIndex((value, i) => !Number.isFinite(value) && Number.isFinite(values[i]));
  if (lost >= 0) throw new RangeError(`element ${lost} is ${values[lost]}, beyond float32`);
  return data;
}

function fromHalves(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** A brain float is the upper half of a float32. */
function fromBrainFloats(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}

function checkedBooleans(values: Uint8Array): Uint8Array {
  const wrong = values.findIndex((value) => value > 1);
  if (wrong >= 0) throw new RangeError(`element ${wrong} is ${values[wrong]}; a boolean is 0 or 1`);
  return values;
}
