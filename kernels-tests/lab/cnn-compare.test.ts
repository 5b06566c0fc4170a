/** The compare page of the CNN lab: two networks on the same images, over steps and over seconds. */
import { expect, inject, test } from 'vitest';
import { COMPARE_LOOKS, PAIRS, compareSchema, entrantsOf, matchingPair } from '../../demos/cnn/compare-config.ts';
import { decode, encode } from '../../demos/shared/address.ts';
import { watch } from '../harness/browser.ts';
import { sharedBrowser } from '../harness/page.ts';
import { WAIT, closeAfterEach, drop, goTo, openLab } from './driver.ts';

closeAfterEach();

test('each pair differs in its networks alone, lies in the address, and is recognised until it is changed', () => {
  const opened = decode(compareSchema, '');
  expect(matchingPair(opened)).toBe(PAIRS[0]);
  for (const pair of PAIRS) {
    const config = { ...opened, ...pair.config };
    expect(decode(compareSchema, encode(compareSchema, config))).toEqual(config);
    expect(matchingPair(config)).toBe(pair);
    expect(matchingPair({ ...config, batch: 7 })).toBeUndefined();
    const [first, second] = entrantsOf(config).map(({ full }) => ({ ...full, model: 0, branches: 0, reach: 0 }));
    expect(first).toEqual(second);
  }
  expect(COMPARE_LOOKS).toContain('axis');
});

test.each([
  [1280, 800],
  [390, 844],
])('an MLP and a CNN train in turn, and are counted and timed, %i wide', async (width, height) => {
  const page = await (await sharedBrowser()).newPage();
  const problems = watch(page);
  await page.setViewport({ width, height, isMobile: width < 500, hasTouch: width < 500 });
  await page.evaluateOnNewDocument(() => {
    const fill = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
      this.canvas.dataset['said'] = `${this.canvas.dataset['said'] ?? ''}|${text}`;
      fill.call(this, text, ...at);
    };
  });
  await goTo(page, `${inject('labs')}/cnn/compare.html#epochs=500&batch=64&goal=11`);
  const text = (selector: string): Promise<string> => page.$eval(selector, (found) => found.textContent.trim());
  const step = async (): Promise<number> => Number((await text('.readout dd')).replace(',', ''));
  await expect.poll(step, WAIT).toBeGreaterThanOrEqual(4);
  await page.locator('::-p-aria([name="Pause"][role="button"])').click();
  await expect.poll(() => text('[data-testid=state]'), WAIT).toBe('Paused');
  const rows = await page.$$eval('.contest-table tbody tr', (all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
  );
  expect(rows[0]).toEqual(['Parameters', '1,707,274', '62,006']);
  expect(rows[3]!.slice(1).every((time) => time.endsWith(' s'))).toBe(true);
  for (const accuracy of rows[4]!.slice(1)) expect(Number.parseFloat(accuracy)).toBeGreaterThan(5);
  // The accuracy to reach is no number of the axis.
  const said = '.contest-charts section[aria-label="Test accuracy"] canvas';
  expect(await page.$eval(said, (plot) => plot.dataset['said'])).toContain('|11 %');
  await page.locator('.contest > .segmented label:nth-child(2)').click();
  await page.waitForSelector('.contest-charts section[aria-label="Test accuracy"]');
  await page.locator('.contest-charts section[aria-label="Test accuracy"] .chart-switch input').click();
  // The newest row comes first.
  expect(await text('.chart-table thead')).toBe('SecondsMLPLeNet');
  expect(Number(await text('.chart-table tbody th'))).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
    0,
  );
  await page.close();
  expect(problems).toEqual([]);
});

test('CIFAR-10 is compared on from files that are dropped; other files are refused, and a page that lost them says so', async () => {
  /** Records of grey images, of all classes in turn. */
  const batch = (records: number): number[] =>
    Array.from({ length: records }, (_, at) => [at % 10, ...Array<number>(3072).fill(20 * (at % 10))]).flat();
  const hash = '#source=files&second=mlp&epochs=500&batch=8';
  const lab = await openLab({ lab: 'cnn', file: 'compare.html', hash });
  const says = (text: string): Promise<void> => expect.poll(() => lab.text('.lab-stage'), WAIT).toContain(text);
  await says('generated shapes, not CIFAR-10');
  expect(await lab.setting('source')).toBe('generated');
  await lab.untilStep(1);
  await drop(lab.page, [['notes.txt', 'text/plain', 10]]);
  await says('not known: notes.txt');
  await lab.press('Pause');
  await lab.untilState('Paused');
  expect(await lab.readout('Steps to do')).toBe(500 * 625 - (await lab.step()));
  await drop(lab.page, [
    ['data_batch_1.bin', '', batch(16)],
    ['test_batch.bin', '', batch(10)],
  ]);
  await expect.poll(() => lab.setting('source'), WAIT).toBe('files');
  await expect.poll(() => lab.readout('Steps to do'), WAIT).toBe(500 * 2);
  expect(await lab.text('.lab-panel')).toContain('CIFAR-10, from your files.');
  expect(await lab.text('.lab-stage')).not.toContain('notes.txt');
  await lab.press('One step (S)');
  await lab.untilStep(1);
  expect(await lab.readout('Steps to do')).toBe(999);
  await lab.press('Use generated shapes');
  await expect.poll(() => lab.setting('source'), WAIT).toBe('generated');
  await expect.poll(() => lab.readout('Steps to do'), WAIT).toBe(500 * 625);
});
