/** The transfer page of the CNN lab: eight classes are learnt first, and two more from few images. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  matchingTransfer,
  samePretraining,
  TRANSFER_PRESETS,
  transferSchema,
} from '../../demos/cnn/transfer-config.ts';
import { decode, encode } from '../../demos/shared/address.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './cnn-transfer.page.ts';
import { closeAfterEach, openLab, WAIT } from './driver.ts';

describe('the configuration', () => {
  const opened = decode(transferSchema, '');

  test('each preset lies in the address, and is recognised until it is changed', () => {
    expect(matchingTransfer(opened)).toBe(TRANSFER_PRESETS[0]);
    for (const preset of TRANSFER_PRESETS) {
      const config = { ...opened, ...preset.config };
      expect(decode(transferSchema, encode(transferSchema, config))).toEqual(config);
      expect(matchingTransfer({ ...config, seed: 7, held: [0, 1] })).toBe(preset);
      expect(matchingTransfer({ ...config, lr: 0.5 })).toBeUndefined();
    }
  });

  test('two classes are held out, never one twice', () => {
    const held = (text: string): readonly number[] => decode(transferSchema, `#held=${text}`).held;
    expect(held('9,0')).toEqual([9, 0]);
    for (const wrong of ['3,3', '3', '3,10', '-1,2', '1,2,3', 'a,b', '']) expect(held(wrong)).toEqual(opened.held);
  });

  test('pre-training depends on the classes, the network, the passes and the seed, and on nothing else', () => {
    const same = (change: Partial<typeof opened>): boolean => samePretraining(opened, { ...opened, ...change });
    expect(same({ images: 7, lr: 0.5, share: 0, steps: 3, pace: 'slow', axis: 'seconds' })).toBe(true);
    expect(same({ held: [opened.held[1], opened.held[0]] })).toBe(true);
    for (const change of [{ held: [0, 1] }, { model: 'mlp' }, { passes: 9 }, { seed: 9 }, { source: 'files' }] as const)
      expect(same(change)).toBe(false);
  });
});

describe('the networks', () => {
  let page: TestPage<typeof Module>;
  beforeAll(async () => {
    page = await openPage<typeof Module>('kernels-tests/lab/cnn-transfer.page.ts');
  });
  afterAll(async () => {
    expect(page.problems).toEqual([]);
    await page.close();
  });

  test('images are divided by their classes, of which each part counts its own', async () => {
    const { others, few, tested, names } = await page.call('split');
    expect(others).toEqual(Object.fromEntries([0, 1, 3, 4, 5, 6, 8, 9].map((of, label) => [`${label}: ${of}`, 6])));
    expect(few).toEqual({ '0: 7': 4, '1: 2': 4 });
    expect(tested).toEqual({ '0: 7': 6, '1: 2': 6 });
    expect(names).toEqual([0, 1, 3, 4, 5, 6, 8, 9, '|', 7, 2].map((of) => (of === '|' ? of : `class ${of}`)));
  });

  test('a frozen body keeps every bit, statistics too; all start with one head, see the same images, and move as they should', async () => {
    const { before, changed, trained, ...rest } = await page.call('move');
    expect(before.every((key) => /^\d+\.(weight|bias)$/.test(key))).toBe(true);
    expect(new Set(before.map((key) => key.split('.')[0])).size).toBe(1);
    expect(changed).toEqual({
      scratch: { weights: true, statistics: true, head: true },
      head: { weights: false, statistics: false, head: true },
      whole: { weights: true, statistics: true, head: true },
      rates: { weights: true, statistics: true, head: true },
    });
    // A head of two classes on 64 channels of 4 x 4.
    expect(trained.head).toBe(2 * 1024 + 2);
    expect([trained.whole, trained.rates]).toEqual([trained.scratch, trained.scratch]);
    expect(trained.scratch).toBeGreaterThan(70_000);
    expect(rest).toMatchObject({ sameHead: true, sameBatches: true });
    // Adam's first step is as long as the rate.
    expect(rest.slower).toBeGreaterThan(0.05);
    expect(rest.slower).toBeLessThan(0.2);
  });

  test('what was learnt from other classes beats scratch on two new ones', async () => {
    const { scratch, head } = await page.call('race');
    expect(head).toBeGreaterThan(scratch + 0.1);
    expect(head).toBeGreaterThan(0.7);
  });
});

describe('the page', () => {
  closeAfterEach();

  test('pre-trains, has four networks learn two classes, and keeps what was pre-trained', async () => {
    const hash = '#passes=50&images=10&steps=2';
    const lab = await openLab({ lab: 'cnn', file: 'transfer.html', hash, width: 390, height: 844 });
    const done = (): Promise<number> =>
      lab.page.$eval('.pretrained p', ({ textContent }) =>
        Number(/(?:step |, )([\d,]+) of/.exec(textContent)?.[1]?.replace(',', '') ?? Number.NaN),
      );
    await expect.poll(done, WAIT).toBeGreaterThanOrEqual(2);
    await lab.press('That is enough');
    await lab.untilState('Finished');
    const steps = await done();
    const rows = (): Promise<string[][]> =>
      lab.page.$$eval('.contest-table tbody tr', (all) =>
        all.map((row) => [...row.children].map(({ textContent }) => textContent.trim())),
      );
    const finished = await rows();
    expect(finished.map(([label]) => label)).toEqual([
      'From scratch',
      'New head, body frozen',
      'Fine-tuned whole',
      'Fine-tuned, body slower',
    ]);
    expect(finished.map(([, , trained]) => trained)).toEqual(['61,326', '170', '61,326', '61,326']);
    for (const [, right, , time] of finished) {
      expect(Number.parseFloat(right!)).toBeGreaterThan(5);
      expect(time).toMatch(/ s$/);
    }
    expect(await lab.step()).toBe(2);
    expect(await lab.overflow()).toBe(0);

    // Other settings of what comes after it, and a reset, go on from the same.
    await lab.page.evaluate(() => (location.hash = location.hash.replace('images=10', 'images=20')));
    await expect.poll(() => lab.text('.lab-side h2'), WAIT).toContain('from 40 images');
    await lab.untilState('Finished');
    await lab.press('Reset (R)');
    await lab.untilState('Paused');
    expect([await lab.step(), await done()]).toEqual([0, steps]);
    await lab.press('Pre-train again');
    await expect.poll(() => lab.state(), WAIT).toBe('Pre-training');
  });
});
