/** Metrics in use: counted while training, compiled or not, and read once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './confusion.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/metrics/confusion.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('Confusion', () => {
  it.each([
    ['traced', false],
    ['compiled', true],
  ])('counts the batches of a %s training step', async (_, compiled) => {
    const { matrix, accuracy, expected } = await page.call('whileTraining', compiled);
    expect((matrix as number[][]).flat().reduce((a, b) => a + b)).toBe(250);
    expect(accuracy).toBeCloseTo(expected, 6);
    expect(expected).toBeGreaterThan(0.2);
  });

  it('joins the one submit of a training step', async () => {
    expect(await page.call('submits')).toEqual([1, 1]);
  });

  it('shows what has been counted up to the line that asks', async () => {
    expect(await page.call('live')).toEqual([1, 2, 2, 0, 1]);
  });

  it('holds the same memory after 200 batches as after 40', async () => {
    const [early, late] = await page.call('memoryAfter', [40, 200]);
    expect(late).toEqual(early);
  });
});

describe('accuracy', () => {
  it('of scores that are NaN is 0', async () => {
    expect(await page.call('ofNaN')).toBe(0);
  });
});

describe('scores of two classes on the host are those of the four counts, and of the GPU:', () => {
  it.each([
    ['some of each', [1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 1], { accuracy: 4 / 6, f1: 4 / 6, mcc: 1 / 3 }],
    ['uneven ones', [1, 1, 1, 1, 0, 0], [1, 0, 0, 1, 1, 0], { accuracy: 3 / 6, f1: 4 / 7, mcc: 0 }],
    ['all wrong', [1, 0, 0], [0, 1, 1], { accuracy: 0, f1: 0, mcc: -1 }],
    ['one class alone', [0, 0], [0, 0], { accuracy: 1, f1: 0, mcc: 0 }],
    ['one class said', [1, 1, 1], [0, 1, 1], { accuracy: 2 / 3, f1: 4 / 5, mcc: 0 }],
  ])('%s', async (_, predictions, labels, wanted) => {
    const { host, gpu } = await page.call('ofTwoClasses', predictions, labels);
    for (const score of ['accuracy', 'f1', 'mcc'] as const) {
      expect(host[score], score).toBeCloseTo(wanted[score], 12);
      expect(gpu[score], score).toBeCloseTo(host[score], 6);
    }
  });
});
