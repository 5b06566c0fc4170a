/** The batch and the initial weights of a training case, the same for every engine. Knows no engine. */
import { integers, uniform } from './values.ts';

export interface Layer {
  /** [in, out], row-major */
  readonly weight: Float32Array<ArrayBuffer>;
  /** The same weights as [out, in], for engines that keep them so. */
  readonly weightOutIn: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
  readonly inputs: number;
  readonly outputs: number;
}

export interface TrainingData {
  readonly layers: readonly Layer[];
  /** [batch, features] */
  readonly x: Float32Array<ArrayBuffer>;
  /** [batch], class indices */
  readonly labels: Int32Array<ArrayBuffer>;
  /** [batch, classes], for engines whose loss takes no indices */
  readonly oneHot: Float32Array<ArrayBuffer>;
}

/** @param sizes features in, hidden units, classes out */
export function trainingData(sizes: readonly number[], batch: number): TrainingData {
  const classes = sizes.at(-1) ?? 1;
  const layers = sizes.slice(1).map((outputs, index): Layer => {
    const inputs = sizes[index] ?? 1;
    const bound = 1 / Math.sqrt(inputs);
    const weight = uniform(10 + 2 * index, inputs * outputs, -bound, bound);
    return {
      inputs,
      outputs,
      weight,
      weightOutIn: transposed(weight, inputs, outputs),
      bias: uniform(11 + 2 * index, outputs, -bound, bound),
    };
  });
  const labels = integers(2, batch, classes);
  const oneHot = new Float32Array(batch * classes);
  labels.forEach((label, row) => (oneHot[row * classes + label] = 1));
  return { layers, x: uniform(1, batch * (sizes[0] ?? 1)), labels, oneHot };
}

function transposed(data: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(data.length);
  data.forEach((value, at) => (result[(at % columns) * rows + Math.floor(at / columns)] = value));
  return result;
}
