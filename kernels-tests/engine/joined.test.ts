import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './joined.page.ts';

let page: TestPage<typeof Module>;
let found: Module.Joined;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/joined.page.ts');
  found = await page.call('joined');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('a compiled step of a small network', () => {
  test('becomes two dispatches once it has been run a while', () => {
    const [first, last] = found.dispatches;
    expect(first).toBeGreaterThan(12);
    expect(last).toBe(2);
    expect(found.failures).toEqual([]);
  });

  test('computes what it did before, with dropout, clipping and another rate in every step', () => {
    const [joined, apart] = found.losses;
    expect(joined.slice(0, 60)).toEqual(apart.slice(0, 60));
    joined.forEach((loss, turn) => expect(Math.abs(loss - apart[turn]!), `step ${turn}`).toBeLessThan(1e-3));
    expect(joined.at(-1)).toBeLessThan(0.5 * joined[0]!);
  });

  test('holds no more buffers the longer it runs', () => {
    const [before, after] = found.buffers;
    expect(after).toBeLessThanOrEqual(before);
  });

  test('shows in the profiler which ops its dispatches serve', () => {
    expect(found.profiled).toHaveLength(2);
    const labels = found.profiled.map(({ label }) => label).join(', ');
    for (const op of ['cross_entropy', 'linear_gradient', 'adam']) expect(labels).toContain(op);
    for (const { wgsl, bindings } of found.profiled) {
      expect(wgsl).toContain('fn joined');
      expect(bindings).toBeGreaterThan(2);
    }
  });

  test('goes on with its parts where the joined kernel does not compile', async () => {
    const { losses, failures } = await page.call('failing');
    expect(failures).toBe(1);
    expect(losses).toEqual(found.losses[1].slice(0, 80));
  });

  test('reads parameters where an optimiser that was made later has put them', async () => {
    const { dispatches, differences } = await page.call('moved');
    expect(dispatches[0]).toBe(1);
    expect(dispatches[1]).toBeGreaterThan(1);
    for (const difference of differences) expect(difference).toBeLessThan(1e-6);
  });

  test('is joined by the rules of a GPU too', async () => {
    const { dispatches, losses, failures } = await page.call('joined', true);
    expect(dispatches[1]).toBeLessThan(dispatches[0] / 2);
    expect(failures).toEqual([]);
    const [joined, apart] = losses;
    joined.forEach((loss, turn) => expect(Math.abs(loss - apart[turn]!), `step ${turn}`).toBeLessThan(1e-3));
  });
});
