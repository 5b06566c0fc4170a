import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './convolutions.page.ts';
import { convolutionReferences, distance } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/convolutions.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

/** Some dozens of float32 roundings. */
const TOLERANCE = 3e-6;

describe('a convolution layer computes what PyTorch computes:', () => {
  test.each(convolutionReferences())('$name', async (reference) => {
    const { y, gradients, keys } = await page.call('runModule', reference);
    expect(keys).toEqual(Object.keys(reference.state));
    expect(distance(y, reference.y)).toBeLessThan(TOLERANCE);
    for (const [key, wanted] of Object.entries(reference.gradients))
      expect(distance(gradients[key], wanted), `gradient of ${key}`).toBeLessThan(TOLERANCE);
    expect(Object.keys(gradients)).toHaveLength(Object.keys(reference.gradients).length);
  });
});
