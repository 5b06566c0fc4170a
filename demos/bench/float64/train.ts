/** The first losses of a training case, in float64. Knows no engine. */
import type { Optimiser, TrainingData } from '../cases/case.ts';
import { backward, leaf, type Node } from './node.ts';
import { crossEntropy } from './layers.ts';

/** Adam's constants, which every engine is given. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

export type Nodes = Readonly<Record<string, Node>>;

/** The logits of the case's batch. */
export type Forward = (parameters: Nodes, data: TrainingData) => Node;

interface State {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** The mean cross entropy at the start of each of `steps` steps. */
export function lossesOf(data: TrainingData, forward: Forward, optimiser: Optimiser, steps: number): number[] {
  const parameters: Nodes = Object.fromEntries(
    data.parameters.map(({ name, shape, data }) => [name, leaf(shape, data)]),
  );
  const states = Object.values(parameters).map(({ data: { length } }): State => {
    return { first: new Float64Array(length), second: new Float64Array(length) };
  });
  return Array.from({ length: steps }, (_, step) => {
    const loss = crossEntropy(forward(parameters, data), data.labels);
    if (step < steps - 1) {
      backward(loss);
      Object.values(parameters).forEach((each, index) => update(each, states[index]!, optimiser, step + 1));
    }
    return loss.data[0] ?? NaN;
  });
}

function update({ data, gradient }: Node, { first, second }: State, optimiser: Optimiser, step: number): void {
  const { beta1, beta2, epsilon } = ADAM;
  gradient.forEach((slope, at) => {
    if (optimiser.name === 'sgd') {
      first[at] = optimiser.momentum * first[at]! + slope;
      data[at]! -= optimiser.lr * first[at];
      return;
    }
    first[at] = beta1 * first[at]! + (1 - beta1) * slope;
    second[at] = beta2 * second[at]! + (1 - beta2) * slope * slope;
    const mean = first[at] / (1 - beta1 ** step);
    const spread = Math.sqrt(second[at] / (1 - beta2 ** step));
    data[at]! -= (optimiser.lr * mean) / (spread + epsilon);
  });
}
