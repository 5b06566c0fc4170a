/** Training steps of an LSTM that reads words and tells one of two classes from its last state. */
import { add, embedding, linear, matmul, mul, narrow, sigmoid, tanh, type Node } from '../float64/node.ts';
import { lossesOf, type Forward } from '../float64/train.ts';
import { integers } from '../values.ts';
import { labelled, weight, type Optimiser, type TrainingCase, type TrainingData } from './case.ts';

const BATCH = 32;
const WORDS = 1000;
const EMBEDDING = 64;
const HIDDEN = 128;
const CLASSES = 2;

/** Of 128 places, only ours: a peer's unrolled step has thousands of dispatches. */
export const LSTM: readonly TrainingCase[] = [lstmCase(32, false), lstmCase(128, true)];

export function lstmCase(length: number, oursAlone: boolean): TrainingCase {
  const optimiser: Optimiser = { name: 'adam', lr: 1e-3 };
  const data = (): TrainingData => ({
    parameters: [
      weight('embedding', [WORDS, EMBEDDING], 1, 30),
      // Gates i, f, g, o, as PyTorch has them.
      weight('wx', [EMBEDDING, 4 * HIDDEN], HIDDEN, 31),
      weight('wh', [HIDDEN, 4 * HIDDEN], HIDDEN, 32),
      weight('b', [4 * HIDDEN], HIDDEN, 33),
      weight('w0', [HIDDEN, CLASSES], HIDDEN, 34),
      weight('b0', [CLASSES], HIDDEN, 35),
    ],
    x: integers(5, BATCH * length, WORDS),
    xShape: [BATCH, length],
    ...labelled(6, BATCH, CLASSES),
  });
  return {
    kind: 'training',
    name: `lstm-${length}`,
    title: `LSTM step, ${EMBEDDING}->${HIDDEN}, ${length} places, batch ${BATCH}, Adam`,
    network: { model: 'lstm', words: WORDS, embedding: EMBEDDING, hidden: HIDDEN, length },
    batch: BATCH,
    optimiser,
    members: 1,
    flops: 6 * BATCH * (length * (EMBEDDING + HIDDEN) * 4 * HIDDEN + HIDDEN * CLASSES),
    tolerance: 1e-4,
    oursAlone,
    data,
    // The second loss holds the gradients, the third Adam's moments; more would take seconds.
    losses: (other = optimiser) => lossesOf(data(), forwardOf(length), other, length > 64 ? 2 : 3),
  };
}

function forwardOf(length: number): Forward {
  return (p, { x }) => {
    let h: Node | null = null;
    let c: Node | null = null;
    for (let time = 0; time < length; time++) {
      const ids = Int32Array.from({ length: BATCH }, (_, row) => x[row * length + time]!);
      const input = linear(embedding(p['embedding']!, ids), p['wx']!, p['b']!);
      const gates: Node = h ? add(input, matmul(h, p['wh']!)) : input;
      const [i, f, g, o] = [0, 1, 2, 3].map((gate) => narrow(gates, gate * HIDDEN, HIDDEN)) as [Node, Node, Node, Node];
      const news = mul(sigmoid(i), tanh(g));
      c = c ? add(mul(sigmoid(f), c), news) : news;
      h = mul(sigmoid(o), tanh(c));
    }
    return linear(h!, p['w0']!, p['b0']!);
  };
}
