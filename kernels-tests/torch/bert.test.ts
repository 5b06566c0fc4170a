/** BERT, held to PyTorch (make_bert.py). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './bert.page.ts';
import { distance, read } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/bert.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const weights = readFileSync(path.join(import.meta.dirname, 'bert.safetensors')).toString('base64');

/** Relative to the greatest number of each gradient. */
const TOLERANCE = 1e-4;

describe('BERT with Hugging Face keys, of an old checkpoint, is that of PyTorch:', () => {
  test.each([
    ['classes of texts', 'bert-classes.json', true],
    ['classes of texts, padding left to the ids', 'bert-classes.json', false],
    ['masked words', 'bert-masked.json', true],
  ] as const)('%s', async (_, name, mask) => {
    const wanted = read(name) as Module.BertReference;
    const { logits, loss, gradients, keys } = await page.call('run', weights, wanted, mask);
    expect(distance(logits, wanted.logits)).toBeLessThan(TOLERANCE);
    expect(Math.abs(loss / wanted.loss - 1)).toBeLessThan(TOLERANCE);
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(wanted.gradients).sort());
    // The softmax does not see what all its scores have in common, so that this gradient is rounding alone.
    const seen = Object.entries(wanted.gradients).filter(([key]) => !key.endsWith('self.key.bias'));
    for (const [key, gradient] of seen) expect(distance(gradients[key], gradient), key).toBeLessThan(TOLERANCE);
    expect(keys.missingKeys).toEqual([]);
    expect(keys.unexpectedKeys).toContain('cls.seq_relationship.weight');
    expect(keys.unexpectedKeys.join()).not.toMatch(/gamma|beta|position_ids|decoder/);
  });
});

test('a BERT that is saved is loaded by another', async () => {
  expect(await page.call('savedAndLoaded')).toBe(0);
});

test('pairs may come with their types below them, under a mask too, and words be asked for by their positions', async () => {
  const { pairs, masked, moved, positions } = await page.call('otherForms');
  expect([pairs, masked]).toEqual([0, 0]);
  expect(moved).toBeGreaterThan(0);
  expect(positions).toBeLessThan(1e-6);
});

test('the attention of each layer can be read: shares of the tokens that are there', async () => {
  const layers = await page.call('attentions');
  expect(layers).toHaveLength(2);
  for (const { shape, sums, padding } of layers) {
    expect(shape).toEqual([1, 4, 6, 6]);
    expect(sums).toBeLessThan(1e-5);
    expect(padding).toBe(0);
  }
});

test('frozen, only the classifier is trained', async () => {
  expect(await page.call('trained')).toEqual({ frozen: ['classifier.weight', 'classifier.bias'], all: 0 });
});
