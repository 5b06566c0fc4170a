import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './attention.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/attention.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

test('attention to twice the length takes about twice the memory, far from that of the weights', async () => {
  const [short, long] = await page.call('bytesOf', [768, 1536], 64);
  expect(long! / short!).toBeLessThan(2.5);
  expect(long).toBeLessThan(1536 * 1536 * 4);
});

test('attention without the weights is what it is with them', async () => {
  const found = await page.call('differences', 600, 16);
  for (const difference of found) expect(difference).toBeLessThan(1e-4);
});
