import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './attention.page.ts';
import { mistakes } from './attention.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/errors/attention.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('a clear error, and nothing lost, for', () => {
  test.each(Object.keys(mistakes))('%s', async (name) => {
    const { message, caller, works } = await page.call('fail', name);
    for (const part of mistakes[name]!.says) expect(message).toContain(part);
    expect(message).toMatch(/^[A-Za-z]+: .*[.?)]$/);
    expect(caller).toContain('kernels-tests/errors/attention.page.ts');
    expect(works).toBe(true);
  });
});
