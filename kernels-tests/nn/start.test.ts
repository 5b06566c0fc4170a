import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './start.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/nn/start.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('the random start of a model that a state is loaded into', () => {
  test('is not computed where all of it is overwritten, and later draws are the same', async () => {
    const plain = await page.call('loaded', 'nothing');
    const all = await page.call('loaded', 'all');
    expect(plain.dispatches).toBeGreaterThan(0);
    expect(all.dispatches).toBe(0);
    expect(all.weights).toEqual([Array.from({ length: 15 }, (_, at) => at), [7, 8, 9]]);
    expect(all.after).toEqual(plain.after);
  });

  test('stays where the state lacks a parameter', async () => {
    const plain = await page.call('loaded', 'nothing');
    const { weights } = await page.call('loaded', 'bias');
    expect(weights).toEqual([plain.weights[0], [7, 8, 9]]);
  });

  test('is there for a state that is computed from it', async () => {
    const [weight, bias] = (await page.call('loaded', 'nothing')).weights as [number[], number[]];
    const { weights } = await page.call('loaded', 'own');
    expect(weights).toEqual([weight.map((x) => Math.fround(x + 1)), bias.map((x) => 2 * x)]);
  });
});

describe('a parameter that is started again', () => {
  test.each([true, false])('has the last start, and what was read of the first (read at once: %s)', async (read) => {
    const { first, weight, bias } = await page.call('started', read);
    const plain = (await page.call('loaded', 'nothing')).weights as [number[], number[]];
    expect(first[0]).toBeCloseTo(
      plain[0].reduce((sum, x) => sum + x, 0),
      5,
    );
    expect(weight.every((x) => x >= 5 && x < 6)).toBe(true);
    expect(new Set(weight).size).toBeGreaterThan(10);
    expect(bias).toEqual(plain[1]);
  });

  test('keeps its own where the new one cannot be made', async () => {
    const { message, weight, wanted } = await page.call('refused');
    expect(message).toContain('at least 2 axes');
    expect(weight).toEqual(wanted);
  });
});
