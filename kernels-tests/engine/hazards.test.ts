import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './hazards.page.ts';
import { hazards } from './hazards.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/hazards.page.ts');
});
afterAll(() => page.close());

describe('the planner survives', () => {
  test.each(Object.keys(hazards))('%s', async (name) => {
    const { got, wanted } = await page.call('run', name);
    expect(got).toEqual(wanted);
  });

  test('without a complaint of the browser', () => {
    expect(page.problems).toEqual([]);
  });
});
