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
});
