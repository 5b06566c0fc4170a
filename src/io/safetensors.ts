/**
 * Safetensors: tensors by name in one file that every framework reads.
 *
 * A file is an 8-byte little-endian length, a JSON header of that length, then the bytes of all tensors without gaps.
 * Every number in the header is checked before it is used. Nothing here knows of modules; a state dict is names and
 * tensors.
 *
 * Source: https://github.com/huggingface/safetensors, section "Format" of its README.
 */
import type { Tensor } from '../graph/index.ts';
import { parseHeader, type Entry } from './safetensors-header.ts';
import { typeNames, type Decoded } from './stored-types.ts';

/** A tensor read from a file; `tensor(data, { shape, dtype })` and `loadStateDict` take it. */
export type LoadedTensor = Decoded & { readonly shape: number[] };

/** What of a tensor is written; every tensor is one. */
export type Storable = Pick<Tensor, 'shape' | 'dtype' | 'data'>;

export interface SaveOptions {
  /** Free text to keep with the tensors. */
  metadata?: Record<string, string>;
}

/**
 * Writes tensors to a safetensors file: float32 as F32, int32 as I32, bool as BOOL.
 *
 * @throws Error where a name or the metadata cannot be stored.
 */
export async function saveSafetensors(
  tensors: Record<string, Storable>,
  options: SaveOptions = {},
): Promise<Uint8Array> {
  const { metadata } = options;
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (typeof value !== 'string') {
      throw new Error(`saveSafetensors: metadata "${key}" must be a string, got ${typeof value}. Use String(value).`);
    }
  }
  if (Object.hasOwn(tensors, '__metadata__')) {
    throw new Error('saveSafetensors: "__metadata__" is reserved by the format. Rename that tensor.');
  }
  const contents = await Promise.all(
    Object.entries(tensors).map(async ([name, tensor]) => ({ name, tensor, bytes: bytesOf(await tensor.data()) })),
  );
  // Tensors of four bytes an element come first, so that each starts at a multiple of its element.
  contents.sort((a, b) => Number(a.tensor.dtype === 'bool') - Number(b.tensor.dtype === 'bool'));
  const entries: [string, object][] = metadata ? [['__metadata__', metadata]] : [];
  let end = 0;
  for (const { name, tensor, bytes } of contents) {
    const begin = end;
    end += bytes.length;
    entries.push([name, { dtype: typeNames[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength);
  file.set(json, 8);
  let at = 8 + headerLength;
  for (const { bytes } of contents) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function bytesOf(data: Float32Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Reads all tensors of a safetensors file. F64, F16 and BF16 become float32, the integer types int32, BOOL bool.
 *
 * @throws Error where the file is damaged, or an element does not fit the type it would become.
 */
export function loadSafetensors(source: Uint8Array | ArrayBuffer): Record<string, LoadedTensor> {
  const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
  const { entries, start } = parseHeader(bytes);
  return Object.fromEntries(entries.map((entry) => [entry.name, decode(entry, bytes.subarray(start))]));
}

function decode({ name, stored, shape, begin, end }: Entry, data: Uint8Array): LoadedTensor {
  try {
    // A copy, because an element need not lie at a multiple of its size, and the file may be large and short-lived.
    return { ...stored.decode(new Uint8Array(data.subarray(begin, end)).buffer), shape };
  } catch (cause) {
    throw new Error(
      `loadSafetensors: "${name}" cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Convert it where the file was made.',
      { cause },
    );
  }
}

/** Reads the free text of a safetensors file; empty where it has none. Throws as `loadSafetensors` does. */
export function safetensorsMetadata(source: Uint8Array | ArrayBuffer): Record<string, string> {
  return parseHeader(source instanceof ArrayBuffer ? new Uint8Array(source) : source).metadata;
}
