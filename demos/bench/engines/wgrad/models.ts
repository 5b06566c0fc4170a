/** The benchmark's networks as a user of this engine writes them, with the weights that every engine starts from. */
import { models, nn, type Tensor } from '../../../../src/index.ts';
import type { Network, Parameter, TrainingCase } from '../../cases/case.ts';
import { transposed } from '../../values.ts';

type StateDict = Record<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>;
type Weights = Readonly<Record<string, Parameter>>;

/** Linear keeps [out, in], as PyTorch does. */
function linear(weights: Weights, key: string, weight: string, bias: string): StateDict {
  const { shape, data } = weights[weight]!;
  const [inputs = 0, outputs = 0] = shape;
  return {
    [`${key}.weight`]: { shape: [outputs, inputs], data: transposed(data, inputs, outputs) },
    [`${key}.bias`]: weights[bias]!,
  };
}

function mlp({ sizes }: Network & { model: 'mlp' }, weights: Weights): nn.Module {
  const layers = sizes
    .slice(1)
    .flatMap((outputs, index) => [...(index > 0 ? [new nn.ReLU()] : []), new nn.Linear(sizes[index]!, outputs)]);
  const states = sizes.slice(1).map((_, index) => linear(weights, `${2 * index}`, `w${index}`, `b${index}`));
  return loaded(new nn.Sequential(...layers), Object.assign({}, ...states) as StateDict);
}

function lenet(_: Network, weights: Weights): nn.Module {
  return loaded(new models.LeNet(), {
    'conv1.weight': weights['conv1']!,
    'conv1.bias': weights['conv1Bias']!,
    'conv2.weight': weights['conv2']!,
    'conv2.bias': weights['conv2Bias']!,
    ...linear(weights, 'fc1', 'w0', 'b0'),
    ...linear(weights, 'fc2', 'w1', 'b1'),
    ...linear(weights, 'fc3', 'w2', 'b2'),
  });
}

function loaded<M extends nn.Module>(model: M, state: StateDict): M {
  model.loadStateDict(state);
  return model;
}

/** @returns the network with the case's weights; x -> logits */
export function networkOf({ network }: TrainingCase, parameters: readonly Parameter[]): nn.Module {
  const weights = Object.fromEntries(parameters.map((each) => [each.name, each]));
  switch (network.model) {
    case 'mlp':
      return mlp(network, weights);
    case 'lenet':
      return lenet(network, weights);
    default:
      throw new Error(`${network.model}: not written yet.`);
  }
}

export type { Tensor };
