import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './sequences.page.ts';
import { mistakes } from './sequences.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/errors/sequences.page.ts');
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
    expect(caller).toContain('kernels-tests/errors/sequences.page.ts');
    expect(works).toBe(true);
  });
});
