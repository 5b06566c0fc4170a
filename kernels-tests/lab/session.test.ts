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
