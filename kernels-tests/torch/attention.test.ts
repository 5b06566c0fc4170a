import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './attention.page.ts';
import { distance, read } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/attention.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const { layers, losses } = read('attention.json') as Module.References;

/** Relative to the greatest value; for losses, of each. */
const TOLERANCE = 1e-4;

describe('outputs, gradients and keys are those of PyTorch:', () => {
  test.each(layers)('$name', async (wanted) => {
    const got = await page.call('runLayer', wanted.name);
    expect(got.keys).toEqual(wanted.keys);
    expect(distance(got.y, wanted.y)).toBeLessThan(TOLERANCE);
    expect(got.inputs).toHaveLength(wanted.inputs.length);
    wanted.inputs.forEach((gradient, index) =>
      expect(distance(got.inputs[index], gradient), `gradient of input ${index}`).toBeLessThan(TOLERANCE),
    );
    expect(Object.keys(got.gradients)).toEqual(Object.keys(wanted.gradients));
    // The gradient by the biases of the keys is 0 but for rounding: softmax takes no notice of a constant.
    for (const [key, gradient] of Object.entries(wanted.gradients))
      expect(distance(got.gradients[key], gradient), `gradient of ${key}`).toBeLessThan(TOLERANCE);
  });
});

test('20 steps of a small transformer classifier with Adam go as in PyTorch', async () => {
  const got = await page.call('train', losses.length);
  expect(losses).toHaveLength(20);
  const errors = losses.map((loss, step) => Math.abs(got[step]! / loss - 1));
  expect(Math.max(...errors), `errors of the losses: ${errors.join(', ')}`).toBeLessThan(TOLERANCE);
});
