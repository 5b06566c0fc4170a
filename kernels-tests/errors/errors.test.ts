import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import { badInputs } from './bad-input.ts';
import type * as Module from './errors.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/errors/errors.page.ts');
  await page.call('start');
});
afterAll(() => page.close());

describe('bad input', () => {
  test.each(badInputs.map(({ name, says }) => ({ name, says })))(
    'says what is wrong with $name',
    async ({ name, says }) => {
      const error = await page.call('errorOf', name);
      for (const part of says) expect(error?.message).toContain(part);
      expect(error?.stack).toContain('bad-input.ts');
    },
  );

  test('leaves a training that it interrupts as it was', async () => {
    const losses = await page.call('trainThroughMistakes');
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
  });

  test('in a state dict is listed by key and shape, and changes nothing', async () => {
    const { messages, unchanged } = await page.call('badStateDicts');
    expect(messages[0]).toContain('"0.bias" [8] is missing');
    expect(messages[1]).toContain('"extra.weight" is not in the model');
    expect(messages[2]).toContain('"2.weight" is [8, 2] and the model has [2, 8]');
    expect(unchanged).toBe(true);
  });

  test('that makes the loss NaN reads as NaN', async () => {
    expect(await page.call('nanLoss')).toMatchObject({ isNaN: true });
  });
});

describe('a missing or lost GPU', () => {
  test('is reported by reads and old tensors, and a new engine trains', async () => {
    const { read, old, losses } = await page.call('lostDevice');
    expect(read).toContain('the device was lost');
    expect(read).toContain('init({ restart: true })');
    expect(old).toContain('add: tensor [8192] belongs to a device that is gone');
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  test('is an error that says which browser, flag or setting helps', async () => {
    const { noWebGpu, noAdapter } = await page.call('missingGpu');
    expect(noWebGpu).toContain('this host has no navigator.gpu. Use Chrome');
    expect(noAdapter).toContain('no adapter found');
    expect(noAdapter).toContain('--use-webgpu-adapter=swiftshader');
  });
});
