import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './early.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/early.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('kernels that compile quickly', () => {
  test.each(['mlp', 'cnn', 'lstm', 'gru', 'rnn', 'transformer'] as const)(
    'give a training of %s the same bits as the fast ones',
    async (kind) => {
      const fast = await page.call('losses', kind, { quickStart: false });
      expect(fast.every(Number.isFinite)).toBe(true);
      expect(new Set(fast).size).toBe(fast.length);
      expect(await page.call('losses', kind, { debug: { early: true } })).toEqual(fast);
    },
  );

  test('run as often as was planned, and then never again', async () => {
    const { planned, shares } = await page.call('phases', 'cnn');
    expect(planned).toBeGreaterThan(2);
    expect(shares[0]).toBeGreaterThan(0.5);
    expect(shares[1]).toBe(shares[0]);
    expect(shares[2]).toBe(0);
  });

  test('are all that is compiled for what runs once', async () => {
    const [once, twice] = await page.call('pipelinesOf', 'transformer');
    expect(once).toBeGreaterThan(5);
    expect(twice).toBeGreaterThan(once! + 5);
  });
});

test('plans of kernels that are compiled already have them from the first run on', async () => {
  const [first, later] = await page.call('known');
  expect(first).toBeGreaterThan(0);
  expect(later).toBe(0);
});

describe('a first run', () => {
  test('is submitted in parts as its kernels are compiled, and writes to nothing outside before all are', async () => {
    const { submits, message, moved } = await page.call('parted');
    expect(submits[0]).toBeGreaterThan(1);
    expect(submits[1]).toBe(1);
    expect(message).toContain('does not compile');
    expect(moved).toBe(0);
  });
});

describe('ready', () => {
  test('counts the kernels of the first step', async () => {
    const { progress, shares } = await page.call('waited', false);
    const { total } = progress[0]!;
    expect(total).toBeGreaterThan(4);
    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: total + 1 }, (_, done) => done));
    expect(progress[0]!.what).toBe('');
    expect(progress.slice(1).every(({ what }) => what !== '')).toBe(true);
    expect(shares[0]).toBeGreaterThan(0);
  });

  test('waits for the fast ones where it is asked to', async () => {
    const { progress, shares } = await page.call('waited', true);
    expect(progress.length).toBeGreaterThan(4);
    expect(shares).toEqual([0]);
  });
});
