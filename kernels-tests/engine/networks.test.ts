import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './networks.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/networks.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

test.each([
  ['LeNet', 26],
  ['six convolutions', 100],
] as const)(
  'a training step of %s is one submit of at most %i dispatches, in memory that does not grow',
  async (name, most) => {
    const { all, last, held } = await page.call('networkCost', name, 20);
    expect(last).toMatchObject({ submits: 1, passes: 1, buffers: 0, plans: 0 });
    expect(last.dispatches).toBeGreaterThan(0);
    expect(last.dispatches).toBeLessThanOrEqual(most);
    expect(all).toMatchObject({ buffers: 0, plans: 0 });
    expect(held[1]).toEqual(held[0]);
  },
);
