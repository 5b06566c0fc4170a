/**
 * The examples that the MLP lab trains on, on the GPU: points in the plane, generated digits, or MNIST from files.
 * Digits generated last are kept, so that a change of the network does not draw them again. Knows no model.
 */
import { data, type Tensor } from '../../src/index.ts';
import { yieldToPage } from '../shared/pacing.ts';
import type { MlpConfig } from './config.ts';
import { prepareTable, type OwnTable, type Prepared } from './table-data.ts';

/** [size, features] float32 and [size] int32. */
export type Labelled = data.TensorDataset<readonly [Tensor, Tensor]>;

export interface Split {
  readonly train: Labelled;
  readonly test: Labelled;
  readonly features: number;
  readonly classes: number;
  readonly classNames?: readonly string[];
  readonly axes?: Prepared['axes'];
  /** Of a table: the row of each test example, from 0. */
  readonly testRows?: Int32Array;
}

/** The four files of MNIST, or of a data set made like it. */
export interface DigitFiles {
  readonly train: data.MnistFiles;
  readonly test: data.MnistFiles;
}

const { spirals, moons, circles, blobs, xor } = data;
const GENERATORS = { spirals, moons, circles, blobs, xor };
const PIXELS = 784;
/** Mean and deviation of MNIST's pixels; digits of every source are standardised with them. */
export const INK = { mean: 0.1307, std: 0.3081 };
const GENERATED = { train: 4000, test: 1000, atOnce: 100 };

export function pointsOf({ plane, noise, points, seed }: MlpConfig): Split {
  const total = points + Math.max(10, Math.round(points / 2));
  const { inputs, labels, classes } = GENERATORS[plane]({ n: total, noise, seed });
  return { ...divide(inputs.data, labels.data, points), classes };
}

export function rowsOf(table: OwnTable, config: MlpConfig): Split {
  const { tabular, classNames, axes } = prepareTable(table, config);
  const part = ({ features, labels }: data.TabularPart): Labelled => new data.TensorDataset(features, labels);
  return {
    train: part(tabular.train),
    test: part(tabular.test),
    features: tabular.featureNames.length,
    classes: classNames.length,
    classNames,
    axes,
    testRows: tabular.test.rows,
  };
}

export async function digitsFrom(files: DigitFiles): Promise<Split> {
  const [train, test] = await Promise.all([
    data.mnist(files.train, { flatten: true, normalize: INK }),
    data.mnist(files.test, { flatten: true, normalize: INK }),
  ]);
  return { train, test, features: PIXELS, classes: 10 };
}

let kept: { readonly seed: number; readonly split: Split } | null = null;

/** Those that are kept lie on a device that is gone. */
export function forgetDigits(): void {
  kept = null;
}

/** In small lots, so that the page stays alive meanwhile. */
export async function generatedDigits(seed: number): Promise<Split> {
  if (kept?.seed === seed) return kept.split;
  const total = GENERATED.train + GENERATED.test;
  const inputs = new Float32Array(total * PIXELS);
  const labels = new Int32Array(total);
  for (let from = 0; from < total; from += GENERATED.atOnce) {
    const lot = data.digits({ n: GENERATED.atOnce, seed: seed * 1000 + from / GENERATED.atOnce });
    inputs.set(
      lot.inputs.data.map((ink) => (ink - INK.mean) / INK.std),
      from * PIXELS,
    );
    labels.set(lot.labels.data, from);
    await yieldToPage();
  }
  const split = { ...divide(inputs, labels, GENERATED.train), classes: 10 };
  kept = { seed, split };
  return split;
}

function divide(inputs: Float32Array, labels: Int32Array, first: number): Omit<Split, 'classes'> {
  const features = inputs.length / labels.length;
  const part = (from: number, to: number): Labelled =>
    new data.TensorDataset(
      { data: inputs.subarray(from * features, to * features), shape: [to - from, features] },
      { data: labels.subarray(from, to), shape: [to - from] },
    );
  return { train: part(0, first), test: part(first, labels.length), features };
}
