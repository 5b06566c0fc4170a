import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './convnets.page.ts';
import { read } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/convnets.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const references = read('convnets.json') as Record<'lenet' | 'resnet', Module.Trajectory>;

/** Relative, for each loss, and for sums to the sum of magnitudes. */
const TOLERANCE = 1e-4;

describe('20 steps go as in PyTorch:', () => {
  test.each([
    ['LeNet with SGD and momentum', 'lenet'],
    ['a small ResNet with batch normalisation and Adam', 'resnet'],
  ] as const)('%s', async (_, name) => {
    const wanted = references[name];
    const { losses, sums } = await page.call('train', name, wanted.losses.length);
    expect(losses).toHaveLength(20);
    const errors = wanted.losses.map((loss, step) => Math.abs(losses[step]! / loss - 1));
    expect(Math.max(...errors), `errors of the losses: ${errors.join(', ')}`).toBeLessThan(TOLERANCE);
    expect(Object.keys(sums)).toEqual(Object.keys(wanted.sums));
    for (const [key, [sum, magnitude]] of Object.entries(wanted.sums)) {
      expect(Math.abs(sums[key]![0] - sum) / magnitude, key).toBeLessThan(TOLERANCE);
      expect(Math.abs(sums[key]![1] / magnitude - 1), key).toBeLessThan(TOLERANCE);
    }
  });
});
