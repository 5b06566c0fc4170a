import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './optimizers.page.ts';
import { optimizers } from './optimizers.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/optimizers.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('an optimiser:', () => {
  test.each(Object.keys(optimizers))('%s', async (name) => {
    const { got, wanted } = await page.call('check', name);
    expect(got).toEqual(wanted);
  });

  test.each([false, true])(
    'groups cost no further dispatch, and their changes no plan, compiled: %s',
    async (compiled) => {
      const { dispatches, plans } = await page.call('cost', compiled);
      expect(dispatches[1]).toBe(dispatches[0]);
      expect(plans).toBe(0);
    },
  );
});
