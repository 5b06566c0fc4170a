import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './images.page.ts';
import { layerReferences } from './images.ts';
import { distance } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/images.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

/** Some dozens of float32 roundings. */
const TOLERANCE = 1e-5;

describe('a layer of images computes what PyTorch computes, with the same state dict:', () => {
  test.each(layerReferences())('$name', async (reference) => {
    const { fresh, passes, after } = await page.call('runLayer', reference);
    expect(Object.keys(fresh)).toEqual(Object.keys(reference.before));
    expect(passes).toHaveLength(4);
    reference.passes.forEach((wanted, index) => {
      const got = passes[index === 0 ? 0 : 3]!;
      expect(distance(got.y, wanted.y)).toBeLessThan(TOLERANCE);
      expect(Object.keys(got.gradients)).toEqual(Object.keys(wanted.gradients));
      for (const [key, gradient] of Object.entries(wanted.gradients))
        expect(distance(got.gradients[key], gradient), `gradient of ${key}`).toBeLessThan(TOLERANCE);
    });
    for (const [key, wanted] of Object.entries(reference.after))
      expect(distance(after[key], wanted), key).toBeLessThan(TOLERANCE);
  });
});

test('running statistics start at mean 0, variance 1 and no batches', async () => {
  const reference = layerReferences().find(({ name }) => name === 'BatchNorm2d')!;
  const { fresh } = await page.call('runLayer', reference);
  const ones = [1, 1, 1, 1];
  const zeros = [0, 0, 0, 0];
  expect(Object.values(fresh).map(({ data }) => data)).toEqual([ones, zeros, zeros, ones, [0]]);
});
