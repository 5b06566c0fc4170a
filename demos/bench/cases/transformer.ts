/** Training steps of one transformer encoder layer, post-norm with ReLU, and a classifier on the mean of its places. */
import { meanOverTime, softmax, standardize } from '../float64/layers.ts';
import { add, leaf, linear, matmul, mul, narrow, permute, relu, reshape, scale, type Node } from '../float64/node.ts';
import { lossesOf, type Forward } from '../float64/train.ts';
import { uniform } from '../values.ts';
import { constant, labelled, weight, type Optimiser, type TrainingCase, type TrainingData } from './case.ts';
import { EPSILON } from './rows.ts';

const WIDTH = 128;
const HEADS = 4;
const HIDDEN = 512;
const CLASSES = 10;

function dataOf(length: number, batch: number): TrainingData {
  return {
    parameters: [
      // Queries, keys and values beside each other.
      weight('wqkv', [WIDTH, 3 * WIDTH], WIDTH, 40),
      weight('bqkv', [3 * WIDTH], WIDTH, 41),
      weight('wo', [WIDTH, WIDTH], WIDTH, 42),
      weight('bo', [WIDTH], WIDTH, 43),
      constant('norm1', [WIDTH], 1),
      constant('norm1Bias', [WIDTH], 0),
      weight('w0', [WIDTH, HIDDEN], WIDTH, 44),
      weight('b0', [HIDDEN], WIDTH, 45),
      weight('w1', [HIDDEN, WIDTH], HIDDEN, 46),
      weight('b1', [WIDTH], HIDDEN, 47),
      constant('norm2', [WIDTH], 1),
      constant('norm2Bias', [WIDTH], 0),
      weight('w2', [WIDTH, CLASSES], WIDTH, 48),
      weight('b2', [CLASSES], WIDTH, 49),
    ],
    x: uniform(7, batch * length * WIDTH),
    xShape: [batch, length, WIDTH],
    ...labelled(8, batch, CLASSES),
  };
}

const forward: Forward = (p, { x: values, xShape }) => {
  const x = leaf(xShape, values);
  const joined = linear(x, p['wqkv']!, p['bqkv']!);
  const width = WIDTH / HEADS;
  const [batch = 1, length = 1] = xShape;
  /** [batch, heads, length, width] of the queries, keys or values. */
  const headsOf = (which: number): Node =>
    permute(reshape(narrow(joined, which * WIDTH, WIDTH), [batch, length, HEADS, width]), [0, 2, 1, 3]);
  const scores = matmul(headsOf(0), permute(headsOf(1), [0, 1, 3, 2]));
  const mixed = matmul(softmax(scale(scores, 1 / Math.sqrt(width))), headsOf(2));
  const attended = linear(reshape(permute(mixed, [0, 2, 1, 3]), xShape), p['wo']!, p['bo']!);
  const h = norm(add(x, attended), p['norm1']!, p['norm1Bias']!);
  const fed = linear(relu(linear(h, p['w0']!, p['b0']!)), p['w1']!, p['b1']!);
  const y = norm(add(h, fed), p['norm2']!, p['norm2Bias']!);
  return linear(meanOverTime(y), p['w2']!, p['b2']!);
};

function norm(x: Node, weight: Node, bias: Node): Node {
  return add(mul(standardize(x, EPSILON), weight), bias);
}

const optimiser: Optimiser = { name: 'adam', lr: 1e-3 };

export const TRANSFORMER: TrainingCase = transformerCase('transformer', 64, 16);

export function transformerCase(name: string, length: number, batch: number): TrainingCase {
  const products =
    length * WIDTH * 3 * WIDTH +
    2 * length ** 2 * WIDTH +
    length * WIDTH ** 2 +
    2 * length * WIDTH * HIDDEN +
    WIDTH * CLASSES;
  const data = (): TrainingData => dataOf(length, batch);
  return {
    kind: 'training',
    name,
    title: `transformer layer step, width ${WIDTH}, ${HEADS} heads, hidden ${HIDDEN}, ${length} places, batch ${batch}, Adam`,
    network: { model: 'transformer', width: WIDTH, heads: HEADS, hidden: HIDDEN, length },
    batch,
    optimiser,
    members: 1,
    flops: 6 * batch * products,
    tolerance: 1e-4,
    oursAlone: false,
    data,
    losses: (other = optimiser) => lossesOf(data(), forward, other, 3),
  };
}
