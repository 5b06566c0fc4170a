/** Training steps of the tutorial's LeNet on images of 32x32. */
import { conv2d, maxPool2d } from '../float64/layers.ts';
import { leaf, linear, relu, reshape } from '../float64/node.ts';
import { lossesOf, type Forward } from '../float64/train.ts';
import { uniform } from '../values.ts';
import { labelled, weight, type Optimiser, type TrainingCase, type TrainingData } from './case.ts';

const BATCH = 32;
const CLASSES = 10;
const CHECKED = 4;

function data(): TrainingData {
  return {
    parameters: [
      weight('conv1', [6, 3, 5, 5], 75, 20),
      weight('conv1Bias', [6], 75, 21),
      weight('conv2', [16, 6, 5, 5], 150, 22),
      weight('conv2Bias', [16], 150, 23),
      weight('w0', [400, 120], 400, 24),
      weight('b0', [120], 400, 25),
      weight('w1', [120, 84], 120, 26),
      weight('b1', [84], 120, 27),
      weight('w2', [84, CLASSES], 84, 28),
      weight('b2', [CLASSES], 84, 29),
    ],
    x: uniform(3, BATCH * 3 * 32 * 32),
    xShape: [BATCH, 3, 32, 32],
    ...labelled(4, BATCH, CLASSES),
  };
}

const forward: Forward = (p, { x, xShape }) => {
  const first = maxPool2d(relu(conv2d(leaf(xShape, x), p['conv1']!, p['conv1Bias']!)));
  const second = maxPool2d(relu(conv2d(first, p['conv2']!, p['conv2Bias']!)));
  const hidden = relu(linear(reshape(second, [BATCH, 400]), p['w0']!, p['b0']!));
  return linear(relu(linear(hidden, p['w1']!, p['b1']!)), p['w2']!, p['b2']!);
};

const optimiser: Optimiser = { name: 'sgd', lr: 0.01, momentum: 0.9 };

export const LENET: TrainingCase = {
  kind: 'training',
  name: 'lenet',
  title: `LeNet step, 3x32x32, batch ${BATCH}, SGD with momentum`,
  network: { model: 'lenet' },
  batch: BATCH,
  optimiser,
  members: 1,
  flops: 6 * BATCH * (6 * 28 * 28 * 75 + 16 * 10 * 10 * 150 + 400 * 120 + 120 * 84 + 84 * CLASSES),
  tolerance: 1e-4,
  oursAlone: false,
  data,
  losses: (other = optimiser) => lossesOf(data(), forward, other, CHECKED),
};
