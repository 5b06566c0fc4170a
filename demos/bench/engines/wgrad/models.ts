/** The benchmark's networks as a user of this engine writes them, with the weights that every engine starts from. */
import { models, nn, type Tensor } from '../../../../src/index.ts';
import type { Model, Network, Parameter, TrainingCase } from '../../cases/case.ts';
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

/** Reads words and tells the class from the last state. The second of PyTorch's two biases stays 0, as the peers have one. */
class SentenceClassifier extends nn.Module {
  readonly embedding: nn.Embedding;
  readonly lstm: nn.LSTM;
  readonly fc: nn.Linear;

  constructor({ words, embedding, hidden }: Network & { model: 'lstm' }, classes: number) {
    super();
    this.embedding = new nn.Embedding(words, embedding);
    this.lstm = new nn.LSTM(embedding, hidden, { batchFirst: true });
    this.fc = new nn.Linear(hidden, classes);
  }

  override forward(ids: Tensor): Tensor {
    const [, [h]] = this.lstm.forward(this.embedding.forward(ids));
    return this.fc.forward(h.squeeze(0));
  }
}

function lstm(network: Network & { model: 'lstm' }, weights: Weights): nn.Module {
  const { embedding, hidden } = network;
  const rows = 4 * hidden;
  const model = loaded(new SentenceClassifier(network, weights['b0']!.shape[0]!), {
    'embedding.weight': weights['embedding']!,
    'lstm.weight_ih_l0': { shape: [rows, embedding], data: transposed(weights['wx']!.data, embedding, rows) },
    'lstm.weight_hh_l0': { shape: [rows, hidden], data: transposed(weights['wh']!.data, hidden, rows) },
    'lstm.bias_ih_l0': weights['b']!,
    'lstm.bias_hh_l0': { shape: [rows], data: new Float32Array(rows) },
    ...linear(weights, 'fc', 'w0', 'b0'),
  });
  for (const [name, parameter] of model.namedParameters())
    if (name === 'lstm.bias_hh_l0') parameter.requiresGrad_(false);
  return model;
}

/** One encoder layer, and a classifier on the mean of its places. */
class LayerClassifier extends nn.Module {
  readonly layer: nn.TransformerEncoderLayer;
  readonly fc: nn.Linear;

  constructor({ width, heads, hidden }: Network & { model: 'transformer' }, classes: number) {
    super();
    const options = { dimFeedforward: hidden, dropout: 0, batchFirst: true };
    this.layer = new nn.TransformerEncoderLayer(width, heads, options);
    this.fc = new nn.Linear(width, classes);
  }

  override forward(x: Tensor): Tensor {
    return this.fc.forward(this.layer.forward(x).mean(1));
  }
}

function transformer(network: Network & { model: 'transformer' }, weights: Weights): nn.Module {
  const { width } = network;
  const layer = 'layer.self_attn.';
  return loaded(new LayerClassifier(network, weights['b2']!.shape[0]!), {
    [`${layer}in_proj_weight`]: {
      shape: [3 * width, width],
      data: transposed(weights['wqkv']!.data, width, 3 * width),
    },
    [`${layer}in_proj_bias`]: weights['bqkv']!,
    ...linear(weights, `${layer}out_proj`, 'wo', 'bo'),
    ...linear(weights, 'layer.linear1', 'w0', 'b0'),
    ...linear(weights, 'layer.linear2', 'w1', 'b1'),
    'layer.norm1.weight': weights['norm1']!,
    'layer.norm1.bias': weights['norm1Bias']!,
    'layer.norm2.weight': weights['norm2']!,
    'layer.norm2.bias': weights['norm2Bias']!,
    ...linear(weights, 'fc', 'w2', 'b2'),
  });
}

function loaded<M extends nn.AnyModule>(model: M, state: StateDict): M {
  model.loadStateDict(state);
  return model;
}

const MODELS: { readonly [M in Model]: (network: Network & { model: M }, weights: Weights) => nn.Module } = {
  mlp,
  lenet,
  lstm,
  transformer,
};

/** @returns the network with the case's weights; x -> logits */
export function networkOf({ network }: TrainingCase, parameters: readonly Parameter[]): nn.Module {
  const weights = Object.fromEntries(parameters.map((each) => [each.name, each]));
  return (MODELS[network.model] as (network: Network, weights: Weights) => nn.Module)(network, weights);
}
