/** What the RNN lab trains, preset by preset. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PRESETS } from '../../demos/rnn/presets.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './rnn-recipe.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/rnn-recipe.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('the preset', () => {
  // What is not listed here has the same model as another, or a test of its own.
  const listed = PRESETS.map(({ name }) => name).filter(
    (name) => !['char', 'pretrained', 'bilstm-attention'].includes(name),
  );
  test.each(listed)('%s steps', async (name) => {
    const { losses, test } = await page.call('learn', name, 6);
    for (const loss of losses) expect(Math.abs(loss - Math.log(2))).toBeLessThan(0.4);
    expect(test.copied).toBeCloseTo(test.loss, 5);
  });

  test('char learns a text, step by step of each window', async () => {
    const { losses, test } = await page.call('learn', 'char', 30);
    expect(losses[0]).toBeGreaterThan(2.5);
    expect(losses[1]).toBeLessThan(losses[0] - 0.3);
    expect(Math.abs(test.loss - losses[1])).toBeLessThan(0.4);
    expect(test.accuracy).toBeGreaterThan(0.15);
    expect(test.accuracy).toBeLessThan(1);
  });
});

test('pre-training guesses words better, tells how far it is, and hands on what it learnt', async () => {
  const { told, loaded, trained, words } = await page.call('pretrained', 40);
  expect(told[0].loss).toBeLessThan(Math.log(words) + 0.3);
  expect(told[1].loss).toBeLessThan(told[0].loss);
  expect(told[1].step).toBe(40);
  expect(told[0].steps).toBe(250);
  expect(loaded).toBe(true);
  const pooler = ['bert.pooler.dense.weight', 'bert.pooler.dense.bias'];
  expect(trained).toEqual([...pooler, 'classifier.weight', 'classifier.bias']);
});

test('pre-training on fewer pairs than a batch has takes them all at once', async () => {
  const { step, steps, loss } = await page.call('onFewPairs', 5);
  expect([step, steps]).toEqual([2, 2]);
  expect(loss).toBeGreaterThan(0);
});

test('a BERT from scratch knows the words of one that is pre-trained beside it', async () => {
  const { scratch, pretrained } = await page.call('wordsBeside', 'a heron waded through the shallow river '.repeat(9));
  expect(scratch).toBe(pretrained);
});

test('unknown words of a tokenised text are one word that the model knows', async () => {
  const { words, known } = await page.call('corpus', 'the <unk> of a @-@ river , in 1 @,@ 000 words '.repeat(4));
  expect(words).toEqual(['the', '[UNK]', 'of', 'a', '-', 'river', ',', 'in']);
  expect(known).toEqual({ unk: false, river: true });
});

test('a published schedule rises for a tenth of the steps and falls to nothing; only matrices decay', async () => {
  const { rates, decays } = await page.call('fineTuning', 4);
  const steps = rates.length;
  const highest = Math.max(...rates);
  expect(rates[0]).toBe(0);
  expect(rates.indexOf(highest)).toBe(Math.round(steps / 10));
  expect(rates.at(-1)! / highest).toBeCloseTo(1 / (steps - Math.round(steps / 10)), 5);
  expect(decays.every(([axes, decay]) => (axes > 1 ? decay > 0 : decay === 0))).toBe(true);
  expect(decays.some(([axes]) => axes === 1)).toBe(true);
});

test('an orthogonal start is one', async () => {
  expect(await page.call('orthogonal')).toBeLessThan(1e-5);
});
