import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './graphs.page.ts';
import { graphs } from './graphs.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/graphs.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('the planner survives', () => {
  test.each(Object.keys(graphs))('%s', async (name) => {
    const { got, wanted } = await page.call('run', name);
    expect(got).toEqual(wanted);
  });
});
