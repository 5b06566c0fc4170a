import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './device.page.ts';

let page: TestPage<typeof Module>;
beforeEach(async () => {
  page = await openPage<typeof Module>('kernels-tests/errors/device.page.ts');
});
afterEach(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('a lost device', () => {
  test('is named by whatever is done without one, with the remedy', async () => {
    const said = await page.call('whileLost');
    for (const [what, message] of Object.entries(said)) {
      expect(message, what).toMatch(/^WebGPU: the device was lost \(.*\)/);
      expect(message, what).toContain('init({ restart: true })');
    }
  });

  test('is named by what is left of it, and a new one trains', async () => {
    const { messages, trains, losses } = await page.call('afterRestart');
    for (const [what, message] of Object.entries(messages)) {
      expect(message, what).toMatch(/device that is gone/);
      expect(message, what).toContain('Rebuild it from data kept on the host');
    }
    expect(trains).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  });

  test('can be replaced by another, the model going over through the host', async () => {
    const { before, after } = await page.call('carriedOver');
    expect(after).toEqual(before);
  });
});

describe('init', () => {
  test('says which browser, flag or setting helps where there is no WebGPU, adapter or device', async () => {
    const { noWebGpu, noAdapter, noDevice, later } = await page.call('missing');
    expect(noWebGpu).toMatch(/^WebGPU: this host has no navigator\.gpu\. Use Chrome/);
    expect(noAdapter).toMatch(/^WebGPU: no adapter found\./);
    expect(noAdapter).toContain('--use-webgpu-adapter=swiftshader');
    expect(noAdapter).toContain('--headless=new');
    expect(noDevice).toMatch(/^WebGPU: .*out of devices/);
    expect(later).toBe(true);
  });

  test('that fails to replace an engine leaves it as it was', async () => {
    const { message, loss, trains } = await page.call('failedRestart');
    expect(message).toContain('no navigator.gpu');
    expect([loss, trains]).toEqual([true, true]);
  });

  test('gives one adapter however often it is called, and takes a device made elsewhere', async () => {
    expect(await page.call('starts')).toEqual({ same: true, named: true, given: true });
  });
});

test('a loss that turns NaN reads as NaN', async () => {
  expect(await page.call('nanLoss')).toBe('NaN');
});
