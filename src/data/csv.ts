/**
 * Tables from comma-separated text: a header, and columns whose types are found by looking at all of their cells.
 *
 * What is made of a table for training is the business of `tabular`.
 */
import {
  filler,
  numberParser,
  Survey,
  type ColumnKind,
  type CsvColumn,
  type Filler,
  type Reading,
} from './csv-columns.ts';
import { detectDelimiter, eachRecord, type Delimiter } from './csv-scan.ts';
import { fileBytes, gunzip, isGzip, type FileSource } from './gunzip.ts';

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
  const { maxColumns = 16_384, kinds = {}, delimiter = detectDelimiter(text) } = options;
  const reading = { parse: numberParser(options.decimal ?? '.'), missing: new Set(options.missing ?? MISSING) };
  let surveys: Survey[] | null = null;
  let header = false;
  const lines: number[] = [];
  eachRecord(text, delimiter, (record, line) => {
    if (!surveys) {
      if (record.length > maxColumns)
        throw new Error(
          `parseCsv: line ${line} has ${record.length} columns, more than maxColumns (${maxColumns}). Check the delimiter, or raise maxColumns.`,
        );
      header = options.header ?? isHeader(record, reading);
      surveys = namesOf(record, header, line).map((name) => new Survey(name, reading));
      if (header) return;
    }
    if (record.length !== surveys.length) throw ragged(record, surveys, line);
    for (let column = 0; column < record.length; column++) surveys[column]!.see(record[column]!, line);
    lines.push(line);
  });
  const found: readonly Survey[] = surveys ?? [];
  const names = found.map(({ name }) => name);
  if (lines.length === 0)
    throw new Error(
      header
        ? `parseCsv: the file has a header (${list(names)}) and no rows. If the first line is data, pass header: false.`
        : 'parseCsv: the file is empty. Give text with at least one row.',
    );
  for (const name of Object.keys(kinds))
    if (!names.includes(name))
      throw new Error(`parseCsv: kinds names "${name}", which is no column. There are ${list(names)}.`);
  const fillers = found.map((survey) => filler(survey.name, survey.kind(kinds[survey.name]), lines.length, reading));
  fill(text, delimiter, header, fillers);
  return { length: lines.length, columns: fillers.map((each) => each.column()), lines: Int32Array.from(lines) };
}

function isHeader(record: readonly string[], { parse, missing }: Reading): boolean {
  return record.some((cell) => !missing.has(cell)) && record.every((cell) => Number.isNaN(parse(cell)));
}

function fill(text: string, delimiter: Delimiter, header: boolean, fillers: readonly Filler[]): void {
  let row = header ? -1 : 0;
  eachRecord(text, delimiter, (record) => {
    if (row >= 0) for (let column = 0; column < record.length; column++) fillers[column]!.take(record[column]!, row);
    row++;
  });
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

function namesOf(record: readonly string[], header: boolean, line: number): string[] {
  const names = record.map((cell, index) => (header && cell) || `column ${index + 1}`);
  const seen = new Map<string, number>();
  names.forEach((name, column) => {
    const before = seen.get(name);
    if (before !== undefined)
      throw new Error(
        `parseCsv: line ${line}: columns ${before + 1} and ${column + 1} are both named "${name}". Rename one, or pass header: false if the line is data.`,
      );
    seen.set(name, column);
  });
  return names;
}

function ragged(record: readonly string[], columns: readonly Survey[], line: number): Error {
  const count = columns.length;
  const what =
    record.length < count
      ? `none for "${columns[record.length]!.name}"`
      : `${JSON.stringify(record[count]!.slice(0, 40))} is one too many`;
  return new Error(
    `parseCsv: line ${line} has ${record.length} cells and the first has ${count}: ${what}. Quote cells that hold the delimiter, or correct the line.`,
  );
}
