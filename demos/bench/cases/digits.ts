/**
 * Time to accuracy: an MLP learns generated digits until it knows nine of ten that it has not seen. What an engine
 * returns are logits; the share that is right is counted here.
 */
import type { AccuracyCase, LearningData } from './case.ts';
import { mlpCase } from './mlp.ts';

const BATCH = 64;
const TRAINING = 2048;
const TEST = 512;
const PIXELS = 28 * 28;

export const DIGITS: AccuracyCase = {
  kind: 'accuracy',
  name: 'digits',
  title: `90 % of ${TEST} unseen digits, MLP 784-64-10, batch ${BATCH}, Adam`,
  training: mlpCase('digits-step', 'step', [PIXELS, 64, 10], BATCH, { name: 'adam', lr: 2e-3 }),
  target: 0.9,
  every: 16,
  most: 960,
  load,
};

/** The digits are this project's own; they are plain arrays, and only the module that has them knows an engine. */
async function load(): Promise<LearningData> {
  const { data } = await import('../../../src/index.ts');
  const { inputs, labels } = data.digits({ n: TRAINING + TEST, seed: 7 });
  const batches = Array.from({ length: TRAINING / BATCH }, (_, batch) => {
    const own = labels.data.slice(batch * BATCH, (batch + 1) * BATCH);
    const oneHot = new Float32Array(BATCH * 10);
    own.forEach((label, row) => (oneHot[row * 10 + label] = 1));
    const x = inputs.data.slice(batch * BATCH * PIXELS, (batch + 1) * BATCH * PIXELS);
    return { x, labels: own, oneHot };
  });
  return {
    batches,
    x: inputs.data.slice(TRAINING * PIXELS),
    xShape: [TEST, PIXELS],
    labels: labels.data.slice(TRAINING),
  };
}
