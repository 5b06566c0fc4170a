import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './compile.page.ts';
import { compiling } from './compile.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/compile.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('a compiled step', () => {
  test.each(Object.keys(compiling))('%s', async (name) => {
    const { got, wanted } = await page.call('run', name);
    expect(got).toEqual(wanted);
  });
});

test('more unlike graphs at once than plans are kept', async () => {
  const { got, wanted } = await page.call('burst');
  expect(got).toEqual(wanted);
});
