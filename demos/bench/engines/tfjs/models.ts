/** The benchmark's networks on TensorFlow.js, with its fused layers where they have gradients. */
import * as tf from '@tensorflow/tfjs';
import type { Model, Network, TrainingCase, TrainingData } from '../../cases/case.ts';
import { EPSILON } from '../../cases/rows.ts';

export interface Built {
  readonly variables: tf.Variable[];
  readonly x: tf.Tensor;
  readonly logits: (x: tf.Tensor) => tf.Tensor;
}

type Weights = Record<string, tf.Variable>;
type Build<M extends Model> = (network: Network & { model: M }, data: TrainingData, batch: number) => Built;

function variables({ parameters }: TrainingData): Weights {
  return Object.fromEntries(
    parameters.map(({ name, shape, data }) => [name, tf.variable(tf.tensor(data, [...shape]))]),
  );
}

function input({ x, xShape }: TrainingData): tf.Tensor {
  return tf.tensor(x, [...xShape], x instanceof Int32Array ? 'int32' : 'float32');
}

function dense(x: tf.Tensor, w: Weights, layer: string, activation: 'relu' | 'linear' = 'linear'): tf.Tensor {
  return tf.fused.matMul({
    a: x,
    b: w[`w${layer}`] as tf.Variable<tf.Rank.R2>,
    bias: w[`b${layer}`]!,
    activation,
  });
}

const mlp: Build<'mlp'> = ({ sizes }, data) => {
  const w = variables(data);
  const x = input(data);
  const last = sizes.length - 2;
  const logits = (x: tf.Tensor): tf.Tensor => {
    let h = x;
    for (let i = 0; i <= last; i++) h = dense(h, w, `${i}`, i < last ? 'relu' : 'linear');
    return h;
  };
  return { variables: Object.values(w), x, logits };
};

/** Channels last; the rows of the first dense layer follow. */
const lenet: Build<'lenet'> = (_, data, batch) => {
  const w = variables(data);
  for (const name of ['conv1', 'conv2']) w[name] = tf.variable(tf.transpose(w[name]!, [2, 3, 1, 0]));
  w['w0'] = tf.variable(tf.reshape(tf.transpose(tf.reshape(w['w0']!, [16, 5, 5, 120]), [1, 2, 0, 3]), [400, 120]));
  const x = tf.transpose(input(data), [0, 2, 3, 1]);
  const layer = (h: tf.Tensor, name: string): tf.Tensor => {
    const filter = w[name] as tf.Variable<tf.Rank.R4>;
    const bias = w[`${name}Bias`]!;
    const y = tf.fused.conv2d({ x: h as tf.Tensor4D, filter, strides: 1, pad: 'valid', bias, activation: 'relu' });
    return tf.maxPool(y, 2, 2, 'valid');
  };
  const logits = (x: tf.Tensor): tf.Tensor => {
    const features = tf.reshape(layer(layer(x, 'conv1'), 'conv2'), [batch, 400]);
    return dense(dense(dense(features, w, '0', 'relu'), w, '1', 'relu'), w, '2');
  };
  return { variables: Object.values(w), x, logits };
};

/** Its own layers, which its guides use. */
const lstm: Build<'lstm'> = ({ words, embedding, hidden, length }, data, batch) => {
  const model = tf.sequential();
  model.add(tf.layers.embedding({ inputDim: words, outputDim: embedding, inputLength: length }));
  model.add(tf.layers.lstm({ units: hidden, recurrentActivation: 'sigmoid', returnSequences: false }));
  model.add(tf.layers.dense({ units: data.classes }));
  model.build([batch, length]);
  model.setWeights(data.parameters.map(({ data, shape }) => tf.tensor(data, [...shape])));
  const x = input(data);
  return {
    variables: model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    x,
    logits: (x) => model.apply(x, { training: true }) as tf.Tensor,
  };
};

const transformer: Build<'transformer'> = ({ width, heads, length }, data, batch) => {
  const w = variables(data);
  const x = input(data);
  const norm = (h: tf.Tensor, name: string): tf.Tensor => {
    const { mean, variance } = tf.moments(h, -1, true);
    return h.sub(mean).mul(variance.add(EPSILON).rsqrt()).mul(w[name]!).add(w[`${name}Bias`]!);
  };
  const logits = (x: tf.Tensor): tf.Tensor => {
    const rows = tf.reshape(x, [batch * length, width]);
    const split = tf.reshape(dense(rows, w, 'qkv'), [batch, length, 3, heads, width / heads]);
    const [q, k, v] = tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]), 0) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const shares = tf.softmax(tf.matMul(q, k, false, true).mul(1 / Math.sqrt(width / heads)));
    const mixed = tf.reshape(tf.transpose(tf.matMul(shares, v), [0, 2, 1, 3]), [batch * length, width]);
    const h = norm(rows.add(dense(mixed, w, 'o')), 'norm1');
    const y = norm(h.add(dense(dense(h, w, '0', 'relu'), w, '1')), 'norm2');
    return dense(tf.mean(tf.reshape(y, [batch, length, width]), 1), w, '2');
  };
  return { variables: Object.values(w), x, logits };
};

const MODELS: { readonly [M in Model]: Build<M> } = { mlp, lenet, lstm, transformer };

export function networkOf({ network, batch }: TrainingCase, data: TrainingData): Built {
  return (MODELS[network.model] as Build<Model>)(network, data, batch);
}
