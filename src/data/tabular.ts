/**
 * A table made ready for training: columns as numbers, missing values filled, features scaled, and a test part aside.
 *
 * Whatever is learnt of the data (fill values, means, deviations) is learnt of the training part alone.
 */
import type { HostField } from './collate.ts';
import type { CsvColumn } from './csv-columns.ts';
import { list, type CsvTable } from './csv.ts';
import { trainTestSplit } from './split.ts';

export interface TabularOptions {
  /** The column to predict. */
  target: string;
  /** The columns to predict it from. Default: all others that are numbers or categories. */
  features?: readonly string[];
  /** Predict a class rather than a number. Default: unless the target has fractions, or more than 20 numbers. */
  classify?: boolean;
  /** Categories as one column of 0 and 1 each, or as their index. Default `oneHot`. */
  categories?: 'oneHot' | 'index';
  /**
   * What to do about missing features: refuse them, leave out their rows, or fill in the mean, the median or the most
   * frequent value of the training part; categories get the most frequent. Rows without target are refused or left out.
   * Default `error`.
   */
  missing?: 'error' | 'drop' | 'mean' | 'median' | 'mostFrequent';
  /** Bring each feature to mean 0 and standard deviation 1 on the training part. Default true. */
  standardize?: boolean;
  /** Share of the rows to test on; 0 for none. Classes are in equal shares in both parts. Default 0.25. */
  testSize?: number;
  /** Of the split. Default 0. */
  seed?: number;
}

/** `new TensorDataset(part.features, part.labels)` is a dataset of it. */
export interface TabularPart {
  /** float32 [rows, features] */
  readonly features: HostField;
  /** Classes int32 [rows], or numbers float32 [rows, 1]. */
  readonly labels: HostField;
  /** Which rows of the table. */
  readonly rows: Int32Array;
}

export interface Tabular {
  readonly train: TabularPart;
  /** Null if testSize is 0. */
  readonly test: TabularPart | null;
  /** `age`, or `city=Rome` of one-hot categories. */
  readonly featureNames: readonly string[];
  /** Names of the classes by index; null if a number is predicted. */
  readonly classNames: readonly string[] | null;
  /** Columns of text, which are no features. */
  readonly ignored: readonly string[];
  /** What was subtracted from each feature, and what it was divided by. */
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

/** Where more float32 features than this would be made, one-hot categories have got out of hand. */
const MOST_VALUES = 2 ** 28;

/**
 * Encodes, splits, fills and scales a table.
 *
 * @throws Error for columns that are not there or cannot be features, missing values under `error`, a single class, and
 *   where no rows are left.
 */
export function tabular(table: CsvTable, options: TabularOptions): Tabular {
  const { categories = 'oneHot', missing = 'error', standardize = true, testSize = 0.25, seed = 0 } = options;
  const target = columnOf(table, 'target', options.target);
  const asked = options.features?.map((name) => columnOf(table, 'features', name));
  const features = (asked ?? table.columns).filter((column) => column !== target && (asked || column.kind !== 'text'));
  for (const { name, kind } of features)
    if (kind === 'text')
      throw new Error(
        `tabular: column "${name}" is text, which is no feature. Leave it out, or parse it with kinds: 'category'.`,
      );
  if (features.length === 0)
    throw new Error(
      `tabular: no features are left beside "${target.name}". Other columns must be numbers or categories.`,
    );
  if (missing === 'error') [target, ...features].forEach((column) => refuseMissing(column, table));
  const kept = rowsLeft(table.length, missing === 'drop' ? [target, ...features] : [target]);
  if (kept.length === 0)
    throw new Error(
      `tabular: no rows are left of ${table.length}; each misses a value. Fill them in, e.g. missing: 'median', or choose other features.`,
    );
  const labels = labelsOf(target, kept, options.classify);
  const split =
    testSize === 0
      ? null
      : trainTestSplit(kept.length, { testSize, seed, ...(labels.names ? { stratify: labels.values } : {}) });
  const train = pick(kept, split?.train);
  const codes = features.flatMap((column) => encode(column, train, { categories, missing }));
  if (codes.length * kept.length > MOST_VALUES)
    throw new Error(
      `tabular: ${kept.length} rows of ${codes.length} features are too many. Leave out columns of many categories, or pass categories: 'index'.`,
    );
  const scale = codes.map(({ at }) => (standardize ? moments(train, at) : { mean: 0, std: 1 }));
  const part = (places?: Int32Array): TabularPart => {
    const rows = pick(kept, places);
    const data = new Float32Array(rows.length * codes.length);
    let next = 0;
    for (const row of rows) codes.forEach(({ at }, k) => (data[next++] = (at(row) - scale[k]!.mean) / scale[k]!.std));
    const values = pick(labels.values, places);
    const shape = labels.names ? [rows.length] : [rows.length, 1];
    return { features: { data, shape: [rows.length, codes.length] }, labels: { data: values, shape }, rows };
  };
  return {
    train: part(split?.train),
    test: split ? part(split.test) : null,
    featureNames: codes.map(({ name }) => name),
    classNames: labels.names,
    ignored: table.columns.filter((column) => column.kind === 'text' && column !== target).map(({ name }) => name),
    mean: Float32Array.from(scale, ({ mean }) => mean),
    std: Float32Array.from(scale, ({ std }) => std),
  };
}

function columnOf({ columns }: CsvTable, what: string, name: string): CsvColumn {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw new Error(
    `tabular: ${what} names "${name}", which is no column. There are ${list(columns.map((column) => column.name))}.`,
  );
}

function isMissing({ kind, values }: CsvColumn, row: number): boolean {
  return kind === 'number' ? Number.isNaN(values[row]!) : kind === 'category' ? values[row]! < 0 : values[row] === '';
}

function rowsLeft(length: number, needed: readonly CsvColumn[]): Int32Array {
  const all = Int32Array.from({ length }, (_, row) => row);
  return all.filter((row) => !needed.some((column) => isMissing(column, row)));
}

function refuseMissing(column: CsvColumn, { length, lines }: CsvTable): void {
  const rows = Array.from({ length }, (_, row) => row).filter((row) => isMissing(column, row));
  if (rows.length > 0)
    throw new Error(
      `tabular: line ${lines[rows[0]!]}, column "${column.name}": a value is missing, as in ${rows.length} of ${length} rows. ` +
        "Pass missing: 'drop', 'mean', 'median' or 'mostFrequent'.",
    );
}

/** The values at the places, or all. */
function pick<A extends Int32Array | Float32Array>(values: A, places?: Int32Array): A {
  if (!places) return values;
  const picked = values.slice(0, places.length);
  places.forEach((place, index) => {
    picked[index] = values[place]!;
  });
  return picked as A;
}

interface Labels {
  readonly values: Int32Array | Float32Array;
  readonly names: readonly string[] | null;
}

function labelsOf(target: CsvColumn, rows: Int32Array, classify?: boolean): Labels {
  const { name, kind, values } = target;
  const distinct = [...new Set(Array.from(rows, (row) => values[row]!))];
  const words = kind !== 'number';
  if (classify === false && words)
    throw new Error(
      `tabular: target "${name}" is ${kind}, no number. Leave out classify: false, or choose another target.`,
    );
  const few = distinct.length <= 20 && distinct.every(Number.isInteger);
  if (!(classify ?? (words || few)))
    return { values: Float32Array.from(rows, (row) => Number(values[row])), names: null };
  distinct.sort((a, b) => (a < b ? -1 : 1));
  if (distinct.length === 1)
    throw new Error(
      `tabular: target "${name}" has one class in all ${rows.length} rows left, so there is nothing to learn. Choose another target.`,
    );
  const index = new Map(distinct.map((value, position) => [value, position]));
  const names = distinct.map((value) => (kind === 'category' ? target.categories[Number(value)]! : String(value)));
  return { values: Int32Array.from(rows, (row) => index.get(values[row]!)!), names };
}

/** A feature: its name, and its value in a row of the table. */
interface Code {
  readonly name: string;
  at(row: number): number;
}

function encode(
  column: CsvColumn,
  train: Int32Array,
  { categories, missing }: { categories: string; missing: string },
): Code[] {
  if (column.kind === 'text') return [];
  const { name, kind, values } = column;
  const fill = missing === 'drop' || missing === 'error' ? NaN : fillOf(column, train, missing);
  const at = (row: number): number => (isMissing(column, row) ? fill : values[row]!);
  if (kind === 'number' || categories === 'index') return [{ name, at }];
  return column.categories.map((category, index) => ({
    name: `${name}=${category}`,
    at: (row) => Number(at(row) === index),
  }));
}

/** What stands for a missing value. */
function fillOf(column: CsvColumn, train: Int32Array, by: string): number {
  const known = train.filter((row) => !isMissing(column, row));
  if (known.length === 0)
    throw new Error(
      `tabular: column "${column.name}" has no value in the training part to fill in. Leave it out of features.`,
    );
  return typical(
    Float64Array.from(known, (row) => Number(column.values[row])),
    column.kind === 'number' ? by : 'mostFrequent',
  );
}

function typical(values: Float64Array, by: string): number {
  if (by === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  const sorted = values.sort();
  if (by !== 'mostFrequent') return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  let [best, most, run] = [0, 0, 0];
  sorted.forEach((value, index) => {
    run = value === sorted[index - 1] ? run + 1 : 1;
    if (run > most) [best, most] = [value, run];
  });
  return best;
}

/** Mean and deviation over the rows; 1 for a feature that is the same in all. */
function moments(rows: Int32Array, at: (row: number) => number): { mean: number; std: number } {
  let mean = 0;
  for (const row of rows) mean += at(row) / rows.length;
  let square = 0;
  for (const row of rows) square += (at(row) - mean) ** 2 / rows.length;
  const std = Math.sqrt(square);
  return { mean, std: std > 1e-12 * Math.abs(mean) && std > 0 ? std : 1 };
}
