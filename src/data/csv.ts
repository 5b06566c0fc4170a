/**
 * Tables from comma-separated text: a header, and columns whose types are found by looking at all of their cells.
 *
 * What is made of a table for training is the business of `tabular`.
 */
import { detectDelimiter, eachRecord, type Delimiter } from './csv-scan.ts';
import { fileBytes, gunzip, isGzip, type FileSource } from './gunzip.ts';

export type ColumnKind = 'number' | 'category' | 'text';

/** A column; a missing cell is NaN, index -1, or ''. */
export type CsvColumn =
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array }
  | {
      readonly name: string;
      readonly kind: 'category';
      readonly values: Int32Array;
      readonly categories: readonly string[];
    }
  | { readonly name: string; readonly kind: 'text'; readonly values: readonly string[] };

export interface CsvTable {
  readonly length: number;
  readonly columns: readonly CsvColumn[];
  /** The line of the file that each row starts on, from 1. */
  readonly lines: Int32Array;
}

export interface CsvOptions {
  /** Default: the one of comma, semicolon and tab that the first record has most of. */
  delimiter?: Delimiter;
  /** Whether the first record names the columns. Default: if none of its cells is a number, and not all are missing. */
  header?: boolean;
  /** The mark before decimals. Default '.'. */
  decimal?: '.' | ',';
  /** Cells that count as missing. Default '', NA, N/A, NaN, nan, null, ?. */
  missing?: readonly string[];
  /** Kinds of columns by name, where what is found is not what is meant. */
  kinds?: Readonly<Record<string, ColumnKind>>;
  /** Refuse wider files, which are likely no tables. Default 16,384. */
  maxColumns?: number;
  /** Of bytes, as TextDecoder names it. Default utf-8, or utf-16 with a byte order mark. */
  encoding?: string;
}

const MISSING = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', '?'];
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A column of words is of categories if it has at most this many, and on average twice each, or only a few at all. */
const MOST_CATEGORIES = 1000;
const FEW = 10;

/** Reads a file of any size that memory holds, gzip-compressed or not; otherwise as `parseCsv`. */
export async function readCsv(source: FileSource, options: CsvOptions = {}): Promise<CsvTable> {
  const bytes = await fileBytes(source);
  return parseCsv(isGzip(bytes) ? await gunzip(bytes, 2 ** 30) : bytes, options);
}

/**
 * Parses comma-separated text (RFC 4180). Columns of numbers alone become `number`; others `category` if values repeat,
 * and `text` if not.
 *
 * @throws Error with the line and column of what is wrong: ragged records, quotes, a word among numbers, names twice,
 *   no rows, too many columns, bytes of another encoding.
 */
export function parseCsv(source: string | Uint8Array, options: CsvOptions = {}): CsvTable {
  const text = typeof source === 'string' ? source : decode(source, options.encoding);
  const { maxColumns = 16_384, decimal = '.', missing = MISSING, kinds = {} } = options;
  const parse = numberParser(decimal);
  const absent = new Set(missing);
  let names: string[] | null = null;
  const cells: string[][] = [];
  const lines: number[] = [];
  eachRecord(text, options.delimiter ?? detectDelimiter(text), (record, line) => {
    if (!names) {
      if (record.length > maxColumns)
        throw new Error(
          `parseCsv: line ${line} has ${record.length} columns, more than maxColumns (${maxColumns}). Check the delimiter, or raise maxColumns.`,
        );
      const isHeader =
        options.header ??
        (record.some((cell) => !absent.has(cell)) && record.every((cell) => Number.isNaN(parse(cell))));
      names = record.map((cell, index) => (isHeader && cell) || `column ${index + 1}`);
      checkNames(names, line);
      for (let column = 0; column < record.length; column++) cells.push([]);
      if (isHeader) return;
    }
    if (record.length !== names.length) throw ragged(record, names, line);
    for (let column = 0; column < record.length; column++) cells[column]!.push(record[column]!);
    lines.push(line);
  });
  const found: readonly string[] = names ?? [];
  if (lines.length === 0)
    throw new Error(
      found.length > 0
        ? `parseCsv: the file has a header (${found.slice(0, 5).join(', ')}) and no rows. If the first line is data, pass header: false.`
        : 'parseCsv: the file is empty. Give text with at least one row.',
    );
  for (const name of Object.keys(kinds))
    if (!found.includes(name))
      throw new Error(`parseCsv: kinds names "${name}", which is no column. There are ${list(found)}.`);
  const columns = found.map((name, column) =>
    toColumn(name, cells[column]!, { kind: kinds[name], parse, absent, lines }),
  );
  return { length: lines.length, columns, lines: Int32Array.from(lines) };
}

/** Up to ten names, for messages. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => JSON.stringify(name));
  return shown.join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');
}

function decode(bytes: Uint8Array, encoding?: string): string {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding ?? marked, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error(
      `parseCsv: the bytes are not ${encoding ?? marked} (${String(cause)}). Pass their encoding, e.g. encoding: 'windows-1252'.`,
      { cause },
    );
  }
}

function numberParser(decimal: '.' | ','): (cell: string) => number {
  return (cell) => {
    const text = decimal === ',' ? cell.replace(',', '.') : cell;
    return NUMBER.test(text) ? Number(text) : NaN;
  };
}

function checkNames(names: readonly string[], line: number): void {
  const seen = new Map<string, number>();
  names.forEach((name, column) => {
    const before = seen.get(name);
    if (before !== undefined)
      throw new Error(
        `parseCsv: line ${line}: columns ${before + 1} and ${column + 1} are both named "${name}". Rename one, or pass header: false if the line is data.`,
      );
    seen.set(name, column);
  });
}

function ragged(record: readonly string[], names: readonly string[], line: number): Error {
  const where =
    record.length < names.length
      ? `none for "${names[record.length]}"`
      : `${JSON.stringify(record[names.length])} is one too many`;
  return new Error(
    `parseCsv: line ${line} has ${record.length} cells and the first has ${names.length}: ${where}. Quote cells that hold the delimiter, or correct the line.`,
  );
}

interface Reading {
  readonly kind: ColumnKind | undefined;
  readonly parse: (cell: string) => number;
  readonly absent: ReadonlySet<string>;
  readonly lines: readonly number[];
}

function toColumn(name: string, cells: readonly string[], { kind, parse, absent, lines }: Reading): CsvColumn {
  if (kind === undefined || kind === 'number') {
    const values = Float64Array.from(cells, parse);
    const word = values.findIndex((value, row) => Number.isNaN(value) && !absent.has(cells[row]!));
    if (word < 0) return { name, kind: 'number', values };
    if (kind === 'number' || isMostlyNumbers(values, cells, absent))
      throw new Error(
        `parseCsv: line ${lines[word]}, column "${name}": ${JSON.stringify(cells[word]!.slice(0, 40))} is no number. Correct it, list it in missing, or pass kinds: { ${JSON.stringify(name)}: 'category' }.`,
      );
  }
  const index = new Map<string, number>();
  for (const cell of cells) if (!absent.has(cell)) index.set(cell, 0);
  const few = index.size <= FEW || (index.size <= MOST_CATEGORIES && index.size <= cells.length / 2);
  if (kind === 'text' || (kind === undefined && !few))
    return { name, kind: 'text', values: cells.map((cell) => (absent.has(cell) ? '' : cell)) };
  const categories = [...index.keys()].sort();
  categories.forEach((category, position) => index.set(category, position));
  return { name, kind: 'category', values: Int32Array.from(cells, (cell) => index.get(cell) ?? -1), categories };
}

/** Numbers of many values with a word here and there: a slip rather than categories. */
function isMostlyNumbers(values: Float64Array, cells: readonly string[], absent: ReadonlySet<string>): boolean {
  const present = cells.reduce((count, cell) => count + Number(!absent.has(cell)), 0);
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length >= 0.8 * present && new Set(numbers).size > FEW;
}
