/** A table of the reader's own as examples: columns chosen, standardised, a part put aside to test on. Knows no page. */
import { data } from '../../src/index.ts';
import type { MlpConfig } from './config.ts';
import { EXTENT } from './extent.ts';

export interface OwnTable {
  readonly name: string;
  readonly table: data.CsvTable;
}

export interface PlaneAxis {
  readonly name: string;
  /** From the plane's unit to the table's. */
  readonly valueAt: (place: number) => number;
}

export interface Prepared {
  readonly tabular: data.Tabular & { readonly test: data.TabularPart };
  readonly classNames: readonly string[];
  /** Where there are two features: both, for the picture of the plane. */
  readonly axes: readonly [PlaneAxis, PlaneAxis] | null;
  /** Rows with a missing value are left out. */
  readonly leftOut: number;
}

/** Share of the plane that the table's points may fill. */
const FILL = 0.9;
const MOST_CLASSES = 20;

/** The column to predict: the chosen one, or the last that is not text. */
export function targetOf({ table }: OwnTable, { target }: MlpConfig): number {
  if (target >= 0 && target < table.columns.length) return target;
  return table.columns.findLastIndex(({ kind }) => kind !== 'text');
}

/** The columns to predict from: the chosen ones, or all that can be. */
export function columnsOf(own: OwnTable, config: MlpConfig): number[] {
  const target = targetOf(own, config);
  const all = own.table.columns.flatMap(({ kind }, index) => (kind === 'text' || index === target ? [] : [index]));
  const chosen = all.filter((index) => config.columns.includes(index));
  return chosen.length > 0 ? chosen : all;
}

/** @throws Error that says what of the choice cannot be learned. */
export function prepareTable(own: OwnTable, config: MlpConfig): Prepared {
  const { table } = own;
  const target = table.columns[targetOf(own, config)];
  if (!target) throw new Error(`${own.name} has only columns of text. The lab learns from numbers and categories.`);
  const features = columnsOf(own, config).map((index) => table.columns[index]?.name ?? '');
  const tabular = data.tabular(table, {
    target: target.name,
    features,
    missing: 'drop',
    testSize: config.testShare,
    seed: config.seed,
  });
  const { classNames, test } = tabular;
  if (!test) throw new Error('internal: a table was divided without a part to test on.');
  if (!classNames || classNames.length > MOST_CLASSES)
    throw new Error(
      `Column "${target.name}" has ${classNames ? `${classNames.length} classes` : 'numbers of too many values'}. ` +
        `The lab predicts one of at most ${MOST_CLASSES} classes: choose another column to predict.`,
    );
  const parts = { ...tabular, test };
  return {
    tabular: parts,
    classNames,
    axes: axesOf(parts),
    leftOut: table.length - tabular.train.rows.length - test.rows.length,
  };
}

/** Shrinks two standardised features in place until all points are in the plane. */
function axesOf({ train, test, mean, std, featureNames }: Prepared['tabular']): Prepared['axes'] {
  const [first, second] = featureNames;
  if (first === undefined || second === undefined || featureNames.length !== 2) return null;
  let most = 1e-6;
  for (const part of [train, test]) for (const value of part.features.data) most = Math.max(most, Math.abs(value));
  const scale = (FILL * EXTENT) / most;
  for (const part of [train, test])
    (part.features.data as Float32Array).forEach((value, i, all) => (all[i] = value * scale));
  const axis = (name: string, index: number): PlaneAxis => ({
    name,
    valueAt: (place) => (mean[index] ?? 0) + ((std[index] ?? 1) * place) / scale,
  });
  return [axis(first, 0), axis(second, 1)];
}
