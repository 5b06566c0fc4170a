/** Training steps of multilayer perceptrons, and a race of eight. */
import { linear, relu, leaf } from '../float64/node.ts';
import { lossesOf, type Forward } from '../float64/train.ts';
import { uniform } from '../values.ts';
import { labelled, weight, type Optimiser, type TrainingCase, type TrainingData } from './case.ts';

/** The losses of this many steps are held to the reference. */
const CHECKED = 5;

export const MLP: readonly TrainingCase[] = [
  mlpCase('tiny-mlp', 'tiny MLP step', [2, 16, 16, 2], 32, { name: 'sgd', lr: 0.1, momentum: 0 }),
  mlpCase('race', 'race of 8 tiny MLPs', [2, 16, 16, 2], 32, { name: 'sgd', lr: 0.1, momentum: 0 }, 8),
  mlpCase('mnist-mlp', 'MNIST MLP step', [784, 256, 128, 10], 64, { name: 'adam', lr: 1e-3 }),
];

export function mlpCase(
  name: string,
  title: string,
  sizes: readonly number[],
  batch: number,
  optimiser: Optimiser,
  members = 1,
): TrainingCase {
  const products = sizes.slice(1).reduce((sum, outputs, index) => sum + outputs * (sizes[index] ?? 0), 0);
  const data = (): TrainingData => mlpData(sizes, batch);
  return {
    kind: 'training',
    name,
    title: `${title}, ${sizes.join('-')}, batch ${batch}, ${optimiser.name === 'sgd' ? 'SGD' : 'Adam'}`,
    network: { model: 'mlp', sizes },
    batch,
    optimiser,
    members,
    flops: 6 * batch * products * members,
    tolerance: 1e-4,
    oursAlone: members > 1,
    data,
    losses: (other = optimiser) => lossesOf(data(), forwardOf(sizes.length - 1), other, CHECKED),
  };
}

/** @param sizes features in, hidden units, classes out */
function mlpData(sizes: readonly number[], batch: number): TrainingData {
  const parameters = sizes.slice(1).flatMap((outputs, index) => {
    const inputs = sizes[index] ?? 1;
    return [
      weight(`w${index}`, [inputs, outputs], inputs, 10 + 2 * index),
      weight(`b${index}`, [outputs], inputs, 11 + 2 * index),
    ];
  });
  const features = sizes[0] ?? 1;
  return {
    parameters,
    x: uniform(1, batch * features),
    xShape: [batch, features],
    ...labelled(2, batch, sizes.at(-1) ?? 1),
  };
}

/** ReLU between the layers. */
function forwardOf(layers: number): Forward {
  return (parameters, { x, xShape }) => {
    let h = leaf(xShape, x);
    for (let layer = 0; layer < layers; layer++) {
      const y = linear(h, parameters[`w${layer}`]!, parameters[`b${layer}`]!);
      h = layer < layers - 1 ? relu(y) : y;
    }
    return h;
  };
}
