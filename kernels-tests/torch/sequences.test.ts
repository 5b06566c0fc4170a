/** Sequence models in training, held to PyTorch (make_sequences.py). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type { Trajectory } from './convnets.page.ts';
import { read } from './references.ts';
import type * as Module from './sequences.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/sequences.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const references = read('sequences.json') as Record<Module.SequenceModel, Trajectory>;

/** Relative, for each loss, and for sums to the sum of magnitudes. */
const TOLERANCE = 1e-4;

describe('20 steps with clipped gradients and Adam go as in PyTorch:', () => {
  test.each([
    ['pairs by the last state of an RNN', 'rnn'],
    ['pairs by the greatest features of a BiLSTM of two layers', 'bilstm'],
    ['pairs by the last states of a BiLSTM, each direction at its own end', 'bilstm-last'],
    ['pairs by a BiLSTM whose words look at those of the other sentence', 'bilstm-attention'],
    ['pairs by a transformer encoder, sentences of all lengths', 'transformer'],
    ['a language model of two LSTM layers', 'language'],
  ] as const)('%s', async (_, name) => {
    const wanted = references[name];
    const { losses, sums } = await page.call('train', name, wanted.losses.length);
    expect(losses).toHaveLength(20);
    const errors = wanted.losses.map((loss, step) => Math.abs(losses[step]! / loss - 1));
    expect(Math.max(...errors), `errors of the losses: ${errors.join(', ')}`).toBeLessThan(TOLERANCE);
    expect(Object.keys(sums).sort()).toEqual(Object.keys(wanted.sums).sort());
    for (const [key, [sum, magnitude]] of Object.entries(wanted.sums)) {
      // A bias of all keys changes no softmax: its gradient is rounding alone, which Adam makes steps of.
      if (key.endsWith('in_proj_bias')) continue;
      expect(Math.abs(sums[key]![0] - sum) / magnitude, key).toBeLessThan(TOLERANCE);
      expect(Math.abs(sums[key]![1] / magnitude - 1), key).toBeLessThan(TOLERANCE);
    }
  });
});
