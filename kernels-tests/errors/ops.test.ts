import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './ops.page.ts';
import { mistakes } from './ops.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/errors/ops.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

test('an op before init() says to call it', async () => {
  expect(await page.call('beforeInit')).toMatch(/not started.*await init\(\)/);
});

describe('a clear error, and nothing lost, for', () => {
  test.each(Object.keys(mistakes))('%s', async (name) => {
    const { message, caller, works } = await page.call('fail', name);
    for (const part of mistakes[name]!.says) expect(message).toContain(part);
    expect(message).toMatch(/^[A-Za-z]+: .*[.?)]$/);
    expect(caller).toContain('kernels-tests/errors/ops.page.ts');
    expect(works).toBe(true);
  });
});

test('labels out of range that only the GPU knows make the loss NaN', async () => {
  const { loss, gradient } = await page.call('unknownLabels');
  expect(loss).toBe('NaN');
  expect(gradient).toHaveLength(2);
});
