import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './checkpoint.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/checkpoint.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('checkpoint', () => {
  test.each([true, false])('trains as without it, in less memory and one submit (compiled: %s)', async (compiled) => {
    const kept = await page.call('trained', false, compiled);
    const again = await page.call('trained', true, compiled);
    expect(again.losses).toEqual(kept.losses);
    expect(new Set(again.losses).size).toBe(4);
    expect(again.statistics).toEqual(kept.statistics);
    expect([again.tracked, kept.tracked]).toEqual([4, 4]);
    expect(again.bytes).toBeLessThan(0.65 * kept.bytes);
    expect(again.dispatches).toBeGreaterThan(kept.dispatches);
    expect(again.submits).toBe(kept.submits);
  });

  test('gives gradients where only weights need them, and through what was computed outside', async () => {
    const { weight, outside, twice } = await page.call('edges');
    // d/dw (x w)^2 = 2 x^2 w
    expect(weight).toEqual([4, 96]);
    // loss = sum(w * 2 u) + sum(2 u)
    expect(outside).toEqual([6, 8]);
    expect(twice).toContain('gone through once');
  });

  test('draws the same numbers again in nested blocks, and counts nothing twice', async () => {
    const { kept, again, counted, state } = await page.call('nested');
    expect(new Set(kept).size).toBeGreaterThan(30);
    expect(again).toEqual(kept);
    expect(state[1]).toBe(state[0]);
    expect(counted).toBe(2);
  });

  test('hands on the gradients of what was computed outside, each time', async () => {
    // loss = sum(x (3 u)^2), d/du = 18 x u
    expect(await page.call('outside')).toEqual([90, 252, 90, 252, 1, 1]);
  });

  test('says what it takes, and leaves the engine as it was', async () => {
    const { message, after } = await page.call('refused');
    expect(message).toContain('checkpoint: fn must return one tensor');
    expect(after).toBe(6);
  });
});
