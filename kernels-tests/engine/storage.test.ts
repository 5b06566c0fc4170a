import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './storage.page.ts';
import { storage } from './storage.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/storage.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('shared memory:', () => {
  test.each(Object.keys(storage))('%s', async (name) => {
    const { got, wanted } = await page.call('run', name);
    expect(got).toEqual(wanted);
  });
});
