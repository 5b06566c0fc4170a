import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './modules.page.ts';
import { distance, moduleReferences } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/modules.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const { modules, functions } = moduleReferences();

/** Some dozens of float32 roundings. */
const TOLERANCE = 3e-6;

describe('a module computes what PyTorch computes:', () => {
  test.each(modules)('$name', async (reference) => {
    const { y, gradients, keys } = await page.call('runModule', reference);
    expect(keys).toEqual(Object.keys(reference.state));
    expect(distance(y, reference.y)).toBeLessThan(TOLERANCE);
    for (const [key, wanted] of Object.entries(reference.gradients))
      expect(distance(gradients[key], wanted), `gradient of ${key}`).toBeLessThan(TOLERANCE);
    expect(Object.keys(gradients)).toHaveLength(Object.keys(reference.gradients).length);
  });
});

describe('a function computes what PyTorch computes:', () => {
  test.each(functions)('$name', async (reference) => {
    const { y, gradient } = await page.call('runFunction', reference);
    expect(distance(y, reference.y)).toBeLessThan(TOLERANCE);
    expect(distance(gradient, reference.gradient)).toBeLessThan(TOLERANCE);
  });
});

describe("Linear starts from PyTorch's distribution:", () => {
  /** Greatest distance of the empirical distribution from U(-bound, bound). */
  const kolmogorov = (values: number[], bound: number): number => {
    const sorted = values.toSorted((a, b) => a - b);
    const expected = (x: number): number => (x + bound) / (2 * bound);
    return Math.max(...sorted.map((x, i) => Math.abs(expected(x) - (i + 0.5) / sorted.length)));
  };

  test.each([
    [784, 128],
    [64, 1000],
    [1, 3000],
  ])('U(-1/sqrt(in), 1/sqrt(in)) for %i inputs and %i outputs', async (inFeatures, outFeatures) => {
    const { weight, bias } = await page.call('fresh', inFeatures, outFeatures);
    expect([weight.shape, bias.shape]).toEqual([[outFeatures, inFeatures], [outFeatures]]);
    const bound = 1 / Math.sqrt(inFeatures);
    for (const { data } of [weight, bias]) {
      const n = data.length;
      const mean = data.reduce((sum, x) => sum + x, 0) / n;
      const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
      expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
      expect(Math.max(...data)).toBeGreaterThan(bound * (1 - 20 / n));
      expect(Math.min(...data)).toBeLessThan(-bound * (1 - 20 / n));
      // Five standard errors of each, and the 1e-6 point of the Kolmogorov-Smirnov statistic.
      expect(Math.abs(mean)).toBeLessThan((5 * bound) / Math.sqrt(3 * n));
      expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / n));
      expect(kolmogorov(data, bound)).toBeLessThan(2.7 / Math.sqrt(n));
    }
    expect(new Set(weight.data).size).toBeGreaterThan(0.9 * weight.data.length);
    expect(weight.data.slice(0, 50)).not.toEqual(bias.data.slice(0, 50));
  });
});
