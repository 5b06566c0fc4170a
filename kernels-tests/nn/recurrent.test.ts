import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './recurrent.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/nn/recurrent.page.ts');
  await page.call('start');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const KINDS = ['RNN', 'GRU', 'LSTM'] as const;

describe('a training step of an LSTM', () => {
  test('64 -> 128 with batches of 32 takes at most 24 dispatches in one submit, and no new buffer', async () => {
    const { dispatches, submits, buffers } = await page.call('costOfStep', 32, 64, 128);
    expect(dispatches).toBeLessThanOrEqual(24);
    expect(submits).toBe(1);
    expect(buffers).toBe(0);
  });

  test('takes two dispatches more where its 128 steps are cut in two', async () => {
    const short = await page.call('costOfStep', 64, 4, 4);
    const long = await page.call('costOfStep', 128, 4, 4);
    expect(long.dispatches).toBe(short.dispatches + 2);
  });
});

test('an LSTM learns to remember the first of ten steps', async () => {
  const losses = await page.call('remembered');
  expect(losses[0]).toBeGreaterThan(0.5);
  expect(losses.at(-1)).toBeLessThan(0.1);
});

test.each(KINDS)('the probes of a %s give what a loop over its cell gives each h', async (kind) => {
  const { got, wanted } = await page.call('reached', kind);
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, at) => expect(value).toBeCloseTo(wanted[at]!, 5));
});

// The table of the README.
test.each([
  ['RNN', {}, 2.2e-16],
  ['RNN', { nonlinearity: 'relu' }, 4.3e-25],
  ['GRU', {}, 1.7e-12],
  ['LSTM', {}, 3.0e-13],
  ['LSTM', { forget: 1 }, 3.6e-5],
  ['LSTM', { forget: 3 }, 0.36],
] as const)('of 64 steps of %s %j the first gets %d of the gradient of the last', async (kind, how, wanted) => {
  const ratio = await page.call('gradientThroughTime', kind, how);
  expect(Math.abs(Math.log2(ratio / wanted))).toBeLessThan(1);
});

test.each([false, true])('a trace has the gates of each layer and direction, batch first: %s', async (batchFirst) => {
  const { difference, miss, traces, behind } = await page.call('traced', batchFirst);
  expect(traces).toBe(4);
  expect(difference).toBe(0);
  expect(miss).toBeLessThan(1e-6);
  expect(behind).toBe(0);
});

test.each(KINDS)(
  'what lies behind the ends of rows does not reach a %s in two layers and both directions',
  async (kind) => {
    const { first, second } = await page.call('padded', kind);
    expect(second).toEqual(first);
  },
);

test('dropout acts between layers, while training', async () => {
  expect(await page.call('dropped')).toEqual({ training: true, evaluation: false });
});

test.each(KINDS)('the state of a %s goes on from one half of a sequence to the other', async (kind) => {
  expect(await page.call('carried', kind)).toBeLessThan(1e-6);
});

test('a compiled step takes the lengths of each batch', async () => {
  const { replayed, plain } = await page.call('compiled');
  expect(replayed).toEqual(plain);
  expect(new Set(plain).size).toBe(4);
});
