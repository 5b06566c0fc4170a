/**
 * Training an MLP in float64, in plain loops: the losses that an engine's first steps are held to. Written to be read
 * and not to be fast. Knows no engine.
 */
import type { TrainingData } from './training-data.ts';

export type Optimiser = { readonly name: 'sgd'; readonly lr: number } | { readonly name: 'adam'; readonly lr: number };

/** Adam's constants, which every engine is given. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

interface Dense {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Parameter;
  readonly bias: Parameter;
}

interface Parameter {
  readonly value: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** The mean cross entropy at the start of each of `steps` steps; ReLU between the layers. */
export function lossesOf(
  { layers, x, labels }: TrainingData,
  batch: number,
  optimiser: Optimiser,
  steps: number,
): number[] {
  const model = layers.map(({ inputs, outputs, weight, bias }): Dense => {
    return { inputs, outputs, weight: parameter(weight), bias: parameter(bias) };
  });
  return Array.from({ length: steps }, (_, step) => {
    const loss = gradients(model, Float64Array.from(x), labels, batch);
    for (const { weight, bias } of model) {
      update(weight, optimiser, step + 1);
      update(bias, optimiser, step + 1);
    }
    return loss;
  });
}

function parameter(start: Float32Array): Parameter {
  const { length } = start;
  return {
    value: Float64Array.from(start),
    gradient: new Float64Array(length),
    first: new Float64Array(length),
    second: new Float64Array(length),
  };
}

/** Fills every gradient and returns the loss. */
function gradients(model: readonly Dense[], x: Float64Array, labels: Int32Array, batch: number): number {
  const activations = [x];
  for (const [index, layer] of model.entries()) {
    const y = forward(layer, activations[index] ?? x, batch);
    if (index < model.length - 1) y.forEach((value, at) => (y[at] = Math.max(value, 0)));
    activations.push(y);
  }
  const logits = activations.at(-1) ?? x;
  let loss = 0;
  const dlogits = new Float64Array(logits.length);
  const classes = logits.length / batch;
  for (let row = 0; row < batch; row++) {
    const values = logits.subarray(row * classes, (row + 1) * classes);
    const largest = Math.max(...values);
    const sum = values.reduce((all, value) => all + Math.exp(value - largest), 0);
    const label = labels[row] ?? 0;
    loss += (largest + Math.log(sum) - (values[label] ?? NaN)) / batch;
    values.forEach((value, column) => {
      dlogits[row * classes + column] = (Math.exp(value - largest) / sum - (column === label ? 1 : 0)) / batch;
    });
  }
  let dy = dlogits;
  for (const [index, layer] of [...model.entries()].toReversed()) {
    const input = activations[index] ?? x;
    const dx = backward(layer, input, dy, batch);
    dx.forEach((value, at) => (dx[at] = (input[at] ?? 0) > 0 ? value : 0));
    dy = dx;
  }
  return loss;
}

function forward({ inputs, outputs, weight, bias }: Dense, x: Float64Array, batch: number): Float64Array<ArrayBuffer> {
  const y = new Float64Array(batch * outputs);
  for (let row = 0; row < batch; row++) {
    y.set(bias.value, row * outputs);
    for (let i = 0; i < inputs; i++) {
      const value = x[row * inputs + i]!;
      for (let o = 0; o < outputs; o++) y[row * outputs + o]! += value * weight.value[i * outputs + o]!;
    }
  }
  return y;
}

/** Fills the layer's gradients and returns the one of its input, before the ReLU that made the input. */
function backward(layer: Dense, x: Float64Array, dy: Float64Array, batch: number): Float64Array<ArrayBuffer> {
  const { inputs, outputs, weight, bias } = layer;
  const dx = new Float64Array(batch * inputs);
  weight.gradient.fill(0);
  bias.gradient.fill(0);
  for (let row = 0; row < batch; row++) {
    for (let o = 0; o < outputs; o++) bias.gradient[o]! += dy[row * outputs + o]!;
    for (let i = 0; i < inputs; i++) {
      const value = x[row * inputs + i]!;
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        const slope = dy[row * outputs + o]!;
        weight.gradient[i * outputs + o]! += value * slope;
        sum += slope * weight.value[i * outputs + o]!;
      }
      dx[row * inputs + i] = sum;
    }
  }
  return dx;
}

function update({ value, gradient, first, second }: Parameter, optimiser: Optimiser, step: number): void {
  const { beta1, beta2, epsilon } = ADAM;
  gradient.forEach((slope, at) => {
    if (optimiser.name === 'sgd') {
      value[at]! -= optimiser.lr * slope;
      return;
    }
    first[at] = beta1 * first[at]! + (1 - beta1) * slope;
    second[at] = beta2 * second[at]! + (1 - beta2) * slope * slope;
    const mean = first[at] / (1 - beta1 ** step);
    const spread = Math.sqrt(second[at] / (1 - beta2 ** step));
    value[at]! -= (optimiser.lr * mean) / (spread + epsilon);
  });
}
