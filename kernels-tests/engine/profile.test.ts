import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './profile.page.ts';

let page: TestPage<typeof Module>;
let found: Module.Profiled;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/profile.page.ts');
  found = await page.call('profiled');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('profile', () => {
  test('changes nothing of what the step computes', () => {
    expect(found.losses).toEqual(found.wanted);
  });

  test('names every dispatch with its kernel, its text and what it binds', () => {
    const { dispatches } = found.profile;
    expect(dispatches.length).toBeGreaterThan(4);
    for (const { label, file, entryPoint, bindings, wgsl, workgroups } of dispatches) {
      expect(label).not.toBe('');
      expect(file).toMatch(/\.wgsl$/);
      expect(wgsl).toContain(`fn ${entryPoint}`);
      expect(bindings.length).toBeGreaterThan(0);
      for (const { bytes, place } of bindings) {
        expect(bytes).toBeGreaterThan(0);
        expect(place).toMatch(/^(slab \d+|uploads) \+ \d+$|^(given|target) \d+$/);
      }
      expect(Math.min(...workgroups)).toBeGreaterThan(0);
    }
  });

  test('times every dispatch where there are timestamps, in their order from the end of the submit on', () => {
    const { dispatches, host, total } = found.profile;
    const times = dispatches.flatMap(({ gpu }) => gpu ?? []);
    expect(times).toHaveLength(found.timestamps ? dispatches.length : 0);
    let before = host.find(({ name }) => name === 'encode')?.end ?? NaN;
    for (const { start, end } of times) {
      expect(start).toBeGreaterThanOrEqual(before);
      expect(end).toBeGreaterThanOrEqual(start);
      // A GPU may begin a pass while the last one runs, where neither waits for the other.
      before = found.software ? end : start;
    }
    expect(host.map(({ name }) => name)).toEqual(['encode', 'trace', 'read']);
    for (const { start, end } of host) expect(end).toBeGreaterThanOrEqual(start);
    expect(total).toBeGreaterThanOrEqual(host.find(({ name }) => name === 'read')?.end ?? NaN);
  });

  test('says where every value lies: none outside of its slab, and none in the way of another', () => {
    const [memory] = found.profile.memory;
    if (!memory) throw new Error('no plan was profiled.');
    expect(memory.dispatches).toBe(found.profile.dispatches.length);
    expect(memory.peak).toBeLessThanOrEqual(memory.held);
    expect(memory.peak).toBeLessThan(memory.unshared);
    for (const value of memory.values) {
      expect(value.offset + value.bytes).toBeLessThanOrEqual(memory.slabs[value.slab] ?? 0);
      // A pack is one value with its members inside.
      if (memory.values.some((pack) => pack !== value && contains(pack, value))) continue;
      for (const other of memory.values)
        if (other !== value && !contains(value, other)) expect(overlap(value, other)).toBe(false);
    }
  });

  test('is written as a trace that Chrome opens', () => {
    const { profile, trace } = found;
    const timed = profile.dispatches.filter(({ gpu }) => gpu !== null);
    const events = trace.traceEvents.filter(({ ph }) => ph === 'X');
    expect(events).toHaveLength(profile.host.length + timed.length);
    for (const { ts, dur } of events) {
      expect(ts).toBeGreaterThanOrEqual(0);
      expect(dur).toBeGreaterThanOrEqual(0);
    }
  });

  test('shows the texts that it is given, comments and all', async () => {
    const [text] = await page.call('commented');
    expect(text).toContain('// commented');
  });
});

type Value = NonNullable<Module.Profiled['profile']['memory'][number]>['values'][number];

function contains(a: Value, b: Value): boolean {
  return a.slab === b.slab && a.offset <= b.offset && b.offset + b.bytes <= a.offset + a.bytes && a.bytes > b.bytes;
}

function overlap(a: Value, b: Value): boolean {
  const sameTime = a.first <= b.last && b.first <= a.last;
  return a.slab === b.slab && sameTime && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}
