/** The labs go on drawing while they train as fast as they can: 30 frames a second in every view. */
import type { Page } from 'puppeteer';
import { expect, inject, test } from 'vitest';
import { watch } from '../harness/browser.ts';
import { sharedBrowser } from '../harness/page.ts';
import { WAIT, closeAfterEach, goTo, openLab } from './driver.ts';

const SECONDS = 2;
const LEAST = 30;

closeAfterEach();

/** Of the page as it trains; the best of several spans, for other programs may have the machine. */
async function expectFrames(page: Page, what: string): Promise<void> {
  const rate = (): Promise<number> =>
    page.evaluate(
      (ms) =>
        new Promise<number>((resolve) => {
          const start = performance.now();
          let frames = 0;
          const count = (now: number): void => {
            frames++;
            if (now - start < ms) requestAnimationFrame(count);
            else resolve((1000 * frames) / (now - start));
          };
          requestAnimationFrame(count);
        }),
      SECONDS * 1000,
    );
  await expect.poll(rate, { ...WAIT, message: what }).toBeGreaterThanOrEqual(LEAST);
  expect(await page.$eval('[data-testid=state]', (state) => state.textContent.trim())).toBe('Training');
}

test.each([
  ['the MLP lab, on points', 'mlp', 'mode=plane&hidden=16,16', ['Boundary', 'Neurons', 'Layers']],
  [
    'the MLP lab, on digits',
    'mlp',
    'mode=digits&hidden=64&activation=relu&lr=0.001&batch=64',
    ['Answers', 'Draw a digit', 'Confusion', 'Mistakes', 'Layers'],
  ],
  ['the CNN lab', 'cnn', 'model=lenet&augment=1', ['Answers', 'Feature maps', 'Where it looks', 'Neighbours']],
] as const)('%s', async (_, lab, hash, views) => {
  const opened = await openLab({ lab, hash: `#${hash}&epochs=5000&pace=full` });
  await opened.untilState('Training');
  for (const view of views) {
    await opened.tab(view);
    await expectFrames(opened.page, view);
  }
});

test('the race', async () => {
  const page = await (await sharedBrowser()).newPage();
  const problems = watch(page);
  await goTo(page, `${inject('labs')}/mlp/race.html#steps=100000&pace=full`);
  await expect.poll(() => page.$eval('[data-testid=state]', (state) => state.textContent), WAIT).toBe('Training');
  await expectFrames(page, 'race');
  await page.close();
  expect(problems).toEqual([]);
});
