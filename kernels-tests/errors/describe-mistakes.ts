/** The tests of a page of mistakes: each says what is wrong and where, and the engine goes on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type { Failure, Mistake } from './failures.ts';

interface Failing {
  fail(name: string): Promise<Failure>;
}

/**
 * @param name of the page in this folder, without `.page.ts`
 * @returns what gives the page, to tests of other functions of it
 */
export function describeMistakes<M extends Failing>(
  name: string,
  mistakes: Readonly<Record<string, Mistake>>,
): () => TestPage<M> {
  const file = `kernels-tests/errors/${name}.page.ts`;
  let page: TestPage<Failing>;
  beforeAll(async () => {
    page = await openPage<Failing>(file);
  });
  afterAll(async () => {
    expect(page.problems).toEqual([]);
    await page.close();
  });

  describe('a clear error, and nothing lost, for', () => {
    test.each(Object.keys(mistakes))('%s', async (what) => {
      const { message, caller, works } = await page.call('fail', what);
      for (const part of mistakes[what]!.says) expect(message).toContain(part);
      expect(message).toMatch(/^[A-Za-z0-9]+: .*[.?)]$/);
      expect(caller).toContain(file);
      expect(works).toBe(true);
    });
  });
  return () => page;
}
