import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './memory.page.ts';

let page: TestPage<typeof Module>;
/** Each test has an engine of its own, so that nothing of another is freed meanwhile. */
beforeEach(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/memory.page.ts');
});
afterEach(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

async function collectGarbage(): Promise<void> {
  const session = await page.page.createCDPSession();
  await session.send('HeapProfiler.enable');
  for (let turn = 0; turn < 3; turn++) await session.send('HeapProfiler.collectGarbage');
  await session.detach();
}

describe('GPU memory', () => {
  test.each([
    ['nothing', 3000],
    ['every loss', 10_000],
  ] as const)('is the same after all steps as after 100, keeping %s of %i', async (keep, steps) => {
    const { early, late, created, losses, atOnce } = await page.call('longRun', steps, keep);
    expect(late).toEqual(early);
    expect(created).toBe(0);
    expect(atOnce).toHaveLength(steps / 1000);
    expect(atOnce.at(-1)![1]).toBeLessThan(atOnce[0]![1] / 2);
    if (keep === 'nothing') return;
    expect(losses).toHaveLength(steps);
    for (const [step, loss] of atOnce) expect(losses[step]).toBe(loss);
    expect(losses.every((loss) => loss > 0 && loss < 2)).toBe(true);
    expect(new Set(losses).size).toBeGreaterThan(steps / 2);
  });

  test.each([false, true])('stays the same over epochs with metrics and evaluation, compiled: %s', async (compiled) => {
    const held = await page.call('mixedRun', compiled);
    for (const memory of held.slice(2)) expect(memory).toEqual(held[1]);
  });

  test('of a loop that never reads is bounded', async () => {
    const { value, held, submits } = await page.call('unread', 10_000);
    expect(value).toBe(64 * 10_000);
    for (const memory of held.slice(2)) expect(memory).toEqual(held[1]);
    expect(submits).toBeGreaterThan(3);
  });

  test('of a disposed leaf is freed once the work before is done', async () => {
    const { start, full, disposed } = await page.call('freed');
    expect(full.bytes).toBeGreaterThanOrEqual(start.bytes + 2 ** 20);
    expect(disposed.bytes).toBeLessThan(start.bytes + 2 ** 20);
  });

  test('of a model that went out of use is freed by the garbage collector', async () => {
    const held = await page.call('makeModel');
    await collectGarbage();
    const left = await page.call('dropModel');
    await collectGarbage();
    const freed = await page.call('dropModel');
    expect(freed.buffers).toBeLessThan(held.buffers);
    expect(freed.bytes).toBeLessThanOrEqual(left.bytes);
  });

  test('of a leaf stays as long as a view of it is in use', async () => {
    await page.call('makeViews');
    await collectGarbage();
    const before = await page.call('readViews');
    await collectGarbage();
    expect(await page.call('readViews')).toEqual(before);
    const sum = (count: number): number => Array.from({ length: count }, (_, i) => i % 7).reduce((a, b) => a + b);
    expect(before).toEqual([sum(8192), sum(8192), sum(4096), 1, 128 % 7, 1]);
  });
});
