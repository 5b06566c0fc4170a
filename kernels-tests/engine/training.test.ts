import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './training.page.ts';
import { training } from './training.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/training.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('training:', () => {
  test.each(Object.keys(training))('%s', async (name) => {
    const { got, wanted } = await page.call('run', name);
    expect(got).toEqual(wanted);
  });

  test('another page computes the same bits', async () => {
    await using other = await openPage<typeof Module>('kernels-tests/engine/training.page.ts');
    expect(await other.call('fingerprint')).toEqual(await page.call('fingerprint'));
  });
});
