/** The race page, opened and used in the browser: several networks at once, their curves and their standing. */
import type { Page } from 'puppeteer';
import { afterEach, expect, inject, test } from 'vitest';
import { watch } from './harness/browser.ts';
import { sharedBrowser } from './harness/page.ts';
import { goTo } from './lab/driver.ts';

const WAIT = { timeout: 60_000, interval: 50 };
let open: { page: Page; problems: string[] } | null = null;

async function openRace(hash: string, width = 1280): Promise<Page> {
  const page = await (await sharedBrowser()).newPage();
  open = { page, problems: watch(page) };
  await page.setViewport({ width, height: 800, isMobile: width < 500, hasTouch: width < 500 });
  await goTo(page, `${inject('labs')}/mlp/race.html${hash}`);
  await page.waitForSelector('.transport');
  return page;
}

const text = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => element.textContent.trim());
const stateOf = (page: Page): Promise<string> => text(page, '[data-testid=state]');
const rows = (page: Page): Promise<string[]> =>
  page.$$eval('.race-table tbody tr', (all) => all.map((row) => row.textContent.trim()));

afterEach(async () => {
  const { page, problems } = open ?? { page: null, problems: [] };
  open = null;
  await page?.close();
  expect(problems).toEqual([]);
});

test.each([
  ['activation', ['ReLU', 'Sigmoid'], 4],
  ['optimizer', ['SGD', 'Momentum 0.9', 'Adam'], 6],
  ['dropout', ['No dropout', 'Dropout 0.5'], 4],
] as const)(
  'what varies is the %s: all runners train to the end, with a mean and a deviation each',
  async (vary, names, networks) => {
    const page = await openRace(`#vary=${vary}&seeds=2&plane=moons&points=100&hidden=8,8&lr=0.1&steps=80`);
    await expect.poll(() => stateOf(page), WAIT).toBe('Finished');
    const standing = await rows(page);
    expect(standing).toHaveLength(names.length);
    names.forEach((name, index) =>
      expect(standing[index]).toMatch(new RegExp(`^${name}[\\d.]+ ± [\\d.]+[\\d.]+ % ± [\\d.]+ %$`)),
    );
    expect(await text(page, '.readouts')).toContain(`Networks${networks}`);
  },
);

test('pauses, steps, resets, and keeps its settings in the address', async () => {
  const page = await openRace('#vary=activation&seeds=1&plane=moons&points=60&hidden=8&steps=100000&pace=slow');
  await expect.poll(() => stateOf(page), WAIT).toBe('Training');
  await page.keyboard.press('Space');
  await expect.poll(() => stateOf(page), WAIT).toBe('Paused');
  const step = async (): Promise<number> =>
    Number(/^Step([\d,]+)/.exec(await text(page, '.readout'))?.[1]?.replace(',', ''));
  const paused = await step();
  await page.keyboard.press('s');
  await expect.poll(step, WAIT).toBe(paused + 1);
  await page.keyboard.press('r');
  await expect.poll(step, WAIT).toBe(0);
  await page.select('select', 'optimisers');
  await expect
    .poll(() => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('vary')), WAIT)
    .toBe('optimizer');
  await expect.poll(() => rows(page).then((all) => all.length), WAIT).toBe(3);
});

test('fits a narrow window without scrolling sideways', async () => {
  const page = await openRace('#vary=optimizer&seeds=2&plane=moons&points=60&hidden=8&steps=20', 390);
  await expect.poll(() => stateOf(page), WAIT).toBe('Finished');
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
