import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './models.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/text/models.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('the next id is drawn', () => {
  const softmax = (logits: number[]): number[] => {
    const all = logits.map(Math.exp);
    return all.map((each) => each / all.reduce((a, b) => a + b));
  };
  test.each([
    ['as the softmax says', {}, softmax([0, 1, 2, 3])],
    ['more boldly at a higher temperature', { temperature: 2 }, softmax([0, 0.5, 1, 1.5])],
    ['of the two greatest alone', { topK: 2 }, [0, 0, ...softmax([2, 3])]],
    ['as the greatest at temperature 0', { temperature: 0 }, [0, 0, 0, 1]],
    ['as the greatest where only one may be', { topK: 1 }, [0, 0, 0, 1]],
  ] as const)('%s', async (_, options, wanted) => {
    const shares = await page.call('drawn', options);
    // Three standard deviations of 4,000 draws.
    shares.forEach((share, id) => expect(Math.abs(share - wanted[id]!)).toBeLessThan(0.024));
    wanted.forEach((share, id) => share === 0 && expect(shares[id]).toBe(0));
  });
});

test('a loader gives batches of like lengths, every example once, and goes on where it stopped', async () => {
  const { lengths, labels, again } = await page.call('bucketed');
  expect(lengths).toHaveLength(7);
  expect(lengths.every((length) => length % 4 === 0)).toBe(true);
  expect(new Set(lengths).size).toBeGreaterThan(2);
  expect(labels.toSorted((a, b) => a - b)).toEqual([...Array(50).keys()]);
  expect(again).toBe(true);
});

test.each(['rnn', 'gru', 'lstm', 'transformer'] as const)('padding changes nothing for %s', async (encoder) => {
  expect(await page.call('padded', encoder)).toBeLessThan(2e-6);
});

test('the attention between two sentences can be read: shares of the words that are there', async () => {
  const { shape, sums, padding } = await page.call('looks');
  expect(shape).toEqual([1, 2, 4, 4]);
  expect(sums).toBeLessThan(1e-5);
  expect(padding).toBe(0);
});

test.each(['rnn', 'gru', 'lstm'] as const)('a language model of %s writes what it learnt', async (cell) => {
  const { text, apart, training } = await page.call('written', cell);
  expect(text).toBe('abcabcabcabca');
  expect(apart).toBeLessThan(1e-5);
  expect(training).toBe(true);
});

test('a language model whose readers stop in the middle keeps nothing of what it wrote', async () => {
  const [few, many] = await page.call('buffersAfter', [2, 20]);
  // Less where what other models left behind has been collected meanwhile.
  expect(many).toBeLessThanOrEqual(few!);
});
