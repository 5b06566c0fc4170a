/**
 * The header of a safetensors file, checked against the format's limits and the size of the file.
 *
 * What comes out can be trusted: the entries cover the data exactly, each with as many bytes as its shape needs. It
 * knows the width of each element type and nothing else about them.
 */
import { storedTypes, type StoredType } from './stored-types.ts';

export interface Entry {
  readonly name: string;
  readonly stored: StoredType;
  readonly shape: number[];
  /** From the start of the data. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of their bytes. */
  readonly entries: readonly Entry[];
  readonly metadata: Record<string, string>;
  /** Where the data starts in the file. */
  readonly start: number;
}

/** The reference implementation's limit on the header. */
const MAX_HEADER_BYTES = 100_000_000;

export function parseHeader(bytes: Uint8Array): Header {
  const start = headerEnd(bytes);
  const { __metadata__: metadata, ...tensors } = parseJson(bytes.subarray(8, start));
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, bytes.length - start);
  return { entries, metadata: parseMetadata(metadata), start };
}

function headerEnd(bytes: Uint8Array): number {
  if (bytes.length < 8) throw fault(`the file is cut short: ${bytes.length} bytes, but the header's length takes 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw fault(
      `the header claims ${length} bytes; the format allows ${MAX_HEADER_BYTES}. This is no safetensors file`,
    );
  }
  const end = 8 + Number(length);
  if (end > bytes.length) {
    throw fault(`the file is cut short: its header ends at byte ${end} and the file at byte ${bytes.length}`);
  }
  return end;
}

function parseJson(header: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header));
    if (isRecord(value) && header[0] === 0x7b) return value;
  } catch (cause) {
    throw fault(`the header is not JSON (${String(cause)})`, { cause });
  }
  throw fault('the header is not a JSON object starting with {');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata)) throw fault('__metadata__ is not an object of strings');
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value !== 'string') throw fault(`__metadata__ "${key}" is not a string`);
      return [key, value];
    }),
  );
}

function parseEntry(name: string, value: unknown): Entry {
  if (!isRecord(value)) throw fault(`"${name}" is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const stored = typeof dtype === 'string' ? storedTypes.get(dtype) : undefined;
  if (typeof dtype !== 'string' || !stored) {
    throw new Error(
      `loadSafetensors: "${name}" has element type ${JSON.stringify(dtype)}, which is not supported. ` +
        `Convert it to one of ${[...storedTypes.keys()].join(', ')}.`,
    );
  }
  if (!isSizes(shape)) throw fault(`"${name}" has shape ${JSON.stringify(shape)}; sizes must be whole numbers`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw fault(`"${name}" has data_offsets ${JSON.stringify(offsets)}; they must be two whole numbers`);
  }
  const [begin = 0, end = 0] = offsets;
  const needed = shape.reduce((product, size) => product * size, stored.bytes);
  if (end - begin !== needed) {
    throw fault(
      `"${name}" is ${dtype} [${shape.join(', ')}], ${needed} bytes, but has ${end - begin} (${begin} to ${end})`,
    );
  }
  return { name, stored, shape, begin, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The format wants the data covered from end to end, so that nothing hides in a file. */
function checkCover(entries: readonly Entry[], size: number): void {
  let covered = 0;
  let previous = 'the header';
  for (const { name, begin, end } of entries) {
    if (end > size) {
      throw fault(`"${name}" ends at byte ${end} of the data, which has ${size}: the file is cut short or damaged`);
    }
    if (begin < covered) throw fault(`"${name}" (from byte ${begin}) overlaps "${previous}" (to byte ${covered})`);
    if (begin > covered) throw fault(`bytes ${covered} to ${begin}, before "${name}", belong to no tensor`);
    covered = end;
    previous = name;
  }
  if (covered < size) throw fault(`${size - covered} bytes behind the last tensor belong to none`);
}

function fault(what: string, options?: ErrorOptions): Error {
  return new Error(`loadSafetensors: ${what}. Download or write the file again.`, options);
}
