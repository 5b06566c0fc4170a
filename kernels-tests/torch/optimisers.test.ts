import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './optimisers.page.ts';
import { distance, optimizerReferences } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/optimisers.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const { runs, large, ...shared } = optimizerReferences();

/** Relative, for each of 30 losses. */
const TOLERANCE = 1e-4;

describe('30 steps go as in PyTorch with', () => {
  test.each(runs)('$name', async (run) => {
    const { losses, norms, end } = await page.call('train', shared, run);
    const errors = run.losses.map((wanted, step) => Math.abs(losses[step]! - wanted) / wanted);
    expect(errors).toHaveLength(30);
    expect(errors.filter((error) => !(error < TOLERANCE))).toEqual([]);
    expect(norms).toHaveLength(run.norms.length);
    run.norms.forEach((wanted, step) => expect(Math.abs(norms[step]! / wanted - 1)).toBeLessThan(TOLERANCE));
    if (!run.end) return;
    expect(Object.keys(end)).toEqual(Object.keys(run.end));
    for (const [key, wanted] of Object.entries(run.end))
      expect(distance(end[key], wanted), key).toBeLessThan(TOLERANCE);
  });
});

test('the MNIST MLP goes as in PyTorch at its real size', async () => {
  const { losses, sums } = await page.call('trainLarge', large.losses.length);
  losses.forEach((loss, step) => expect(Math.abs(loss / large.losses[step]! - 1)).toBeLessThan(TOLERANCE));
  for (const [key, [sum, magnitude]] of Object.entries(large.sums)) {
    expect(Math.abs(sums[key]![0] - sum) / magnitude, key).toBeLessThan(TOLERANCE);
    expect(Math.abs(sums[key]![1] / magnitude - 1), key).toBeLessThan(TOLERANCE);
  }
});
