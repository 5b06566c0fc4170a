/** A training session of the labs: going back to a moment and on from it, with all that the optimiser remembers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './session.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/session.page.ts');
});
afterAll(() => page.close());

describe('a run that goes back to a moment of it, and one that another visit goes on with,', () => {
  test.each([
    [
      'Adam, dropout, inside of an epoch',
      { optimizer: 'adam', hidden: [8, 8], activation: 'relu', dropout: 0.4 },
      4,
      11,
    ],
    ['momentum, at the end of an epoch', { optimizer: 'momentum', lr: 0.05, hidden: [8] }, 6, 13],
    ['Adam with one cycle', { optimizer: 'adam', schedule: 'one-cycle', epochs: 4, hidden: [6] }, 3, 10],
    ['Nesterov with one cycle', { optimizer: 'nesterov', schedule: 'one-cycle', epochs: 4, hidden: [6] }, 3, 10],
    ['AdamW with cosine', { optimizer: 'adamw', schedule: 'cosine', epochs: 4, weightDecay: 0.1, hidden: [6] }, 5, 12],
    ['AdamW with warm-up', { optimizer: 'adamw', schedule: 'linear', epochs: 4, weightDecay: 0.1, hidden: [6] }, 3, 10],
    ['plain SGD from the start', { optimizer: 'sgd', lr: 0.1, hidden: [5] }, 0, 5],
  ] as const)('end with the same bits as the run that went straight on: %s', async (_, config, from, to) => {
    const { straight, forked, resumed, losses, epochs } = await page.call('ends', config, from, to);
    expect(straight.every(Number.isFinite)).toBe(true);
    expect(forked).toEqual(straight);
    expect(resumed).toEqual(straight);
    expect(losses).toHaveLength(to - from);
    for (const [before, after] of losses) expect(after).toBe(before);
    for (const epoch of epochs) expect(epoch).toBeCloseTo(epochs[0]!, 9);
  });

  test('have the settings of now, not of then', async () => {
    expect(await page.call('tuned')).toEqual({ lr: 0.5, weightDecay: 0.1, step: 3 });
  });
});

test('a test set that is scored in part is scored as a whole at the end of each epoch', async () => {
  const { scores, stepsPerEpoch, last, part } = await page.call('wholeScores', 3);
  expect(part).toBe(1000);
  const [first, second] = [750 / 100, 750 / 64].map(Math.ceil) as [number, number];
  expect(stepsPerEpoch.slice(0, 2)).toEqual([first, second]);
  expect(scores.map(({ epoch, size, step }) => [epoch, size, step])).toEqual([
    [1, 2250, first],
    [2, 2250, first + second],
    [3, 2250, first + 2 * second],
  ]);
  expect(scores[2]!.accuracy).toBeCloseTo(last.accuracy, 6);
  expect(scores[2]!.loss).toBeCloseTo(last.loss, 5);
  expect(scores[2]!.loss).toBeLessThan(scores[0]!.loss);
});
