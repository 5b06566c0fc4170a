import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './multinomial.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/multinomial.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

/** Within five standard deviations of a binomial count. */
function expectShare(count: number, of: number, share: number): void {
  expect(Math.abs(count - of * share)).toBeLessThanOrEqual(5 * Math.sqrt(of * share * (1 - share)));
}

describe('multinomial', () => {
  const weights = [0, 2, 1, 0, 5, 0];

  test('draws with replacement in proportion to the weights, and never a weight of 0', async () => {
    const counts = await page.call('counts', weights, 20_000);
    weights.forEach((weight, position) => expectShare(counts[position]!, 20_000, weight / 8));
  });

  test('draws without replacement what differs, the first in proportion to the weights', async () => {
    const { first, twice } = await page.call('firsts', weights, 10_000);
    expect(twice).toBe(0);
    weights.forEach((weight, position) => expectShare(first[position]!, 10_000, weight / 8));
  });

  test('draws every position once, those of weight 0 last', async () => {
    const drawn = await page.call('all', weights);
    expect(drawn.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(drawn.slice(0, 3).toSorted((a, b) => a - b)).toEqual([1, 2, 4]);
  });

  test('repeats a seed, and draws anew in every run of a compiled step', async () => {
    const [first, again, ...replayed] = await page.call('seeds');
    expect(again).toEqual(first);
    const all = [first, ...replayed].map((drawn) => drawn!.join());
    expect(new Set(all).size).toBe(4);
  });
});
