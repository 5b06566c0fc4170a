/** The digits of the MLP lab: answered, drawn, confused, mistaken, and the ladder of presets. */
import type { Page } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { WAIT, closeAfterEach, openLab } from './driver.ts';

const DIGITS = '#mode=digits&hidden=32&activation=relu&optimizer=adam&lr=0.003&batch=128&epochs=2&pace=full';
const SEVEN = [
  [0.25, 0.25],
  [0.75, 0.22],
  [0.45, 0.85],
] as const;

closeAfterEach();

/** Draws one stroke with the mouse, or with a finger. */
async function draw(page: Page, places: readonly (readonly [number, number])[], touch: boolean): Promise<void> {
  const box = await (await page.waitForSelector('.draw-pad'))?.boundingBox();
  if (!box) throw new Error('there is no paper to draw on');
  const points = places.map(([x, y]): [number, number] => [box.x + x * box.width, box.y + y * box.height]);
  const [first, ...others] = points;
  if (!first) return;
  if (touch) await page.touchscreen.touchStart(...first);
  else await page.mouse.move(...first).then(() => page.mouse.down());
  for (const point of others)
    await (touch ? page.touchscreen.touchMove(...point) : page.mouse.move(...point, { steps: 8 }));
  await (touch ? page.touchscreen.touchEnd() : page.mouse.up());
}

describe('the digits of the MLP lab', () => {
  test('are learned and answered, confused and mistaken, in sight', async () => {
    const lab = await openLab({ hash: DIGITS });
    await lab.untilState('Finished');
    expect(await lab.readout('Test accuracy')).toBeGreaterThan(80);
    expect(await lab.page.$$eval('.tile', (tiles) => tiles.length)).toBe(40);
    await lab.page.waitForSelector('.weights li:nth-child(24) canvas');
    expect(await lab.overflow()).toBe(0);

    await lab.tab('Confusion');
    await lab.page.waitForSelector('.confusion tbody');
    expect(await lab.setting('view')).toBe('confusion');
    await lab.page.locator('.confusion button[aria-label*="were 3 and answered 3"]').click();
    expect(await lab.text('.confusion-view > section:last-child h2')).toBe('3, answered right');
    await lab.page.waitForSelector('.cell-digits li:nth-child(10) canvas');
    expect(await lab.text('.cell-digits li')).toMatch(/^3: >?\d+ %$/);
    await lab.page.keyboard.press('ArrowRight');
    expect(await lab.text('.confusion-view > section:last-child h2')).toBe('3, answered 4');

    await lab.tab('Mistakes');
    await lab.page.waitForSelector('.mistakes');
    const first = await lab.text('.field-note:not(.lab-panel *)');
    expect(first).toMatch(/^Mistake 1 of \d+: the right answer got <?\d+ %\.$/);
    await lab.press('Next');
    expect(await lab.text('.field-note:not(.lab-panel *)')).toMatch(/^Mistake 2 of/);
    await lab.press('Previous');
    await lab.press('Previous');
    expect(await lab.text('.field-note:not(.lab-panel *)')).toMatch(/^Mistake (\d+) of \1:/);
  });

  test.each([false, true])('can be drawn, by touch: %s', async (touch) => {
    const lab = await openLab({ hash: `${DIGITS}&view=draw`, ...(touch ? { width: 390, height: 844 } : {}) });
    expect(await lab.text('.draw-answer')).toMatch(/^Nothing is drawn/);
    await lab.untilState('Finished');
    expect(await lab.text('.draw-answer')).toMatch(/^Nothing is drawn/);
    await draw(lab.page, SEVEN, touch);
    await expect.poll(() => lab.text('.draw-answer'), WAIT).toMatch(/a 7$/i);
    await expect.poll(() => lab.text('.chances li[data-top] span'), WAIT).toBe('7');
    await lab.press('Clear');
    await expect.poll(() => lab.text('.draw-answer'), WAIT).toMatch(/^Nothing is drawn/);
    expect(await lab.overflow()).toBe(0);
  });

  test('can be taken from the test set by keyboard instead', async () => {
    const lab = await openLab({ hash: `${DIGITS}&view=draw` });
    await lab.untilStep(3);
    await lab.page.focus('::-p-aria([name="Next test digit"])');
    await lab.page.keyboard.press('Enter');
    await lab.page.waitForSelector('.draw-paper canvas[aria-label^="Test digit 1, a"]');
    await lab.page.keyboard.press('Enter');
    await lab.page.waitForSelector('.draw-paper canvas[aria-label^="Test digit 2, a"]');
    await expect.poll(() => lab.text('.chances li[data-top] b'), WAIT).toMatch(/%$/);
    expect(await lab.state()).not.toBe('Paused');
  });

  test('have a ladder of presets, whose rungs say what they add', async () => {
    const lab = await openLab({ hash: DIGITS });
    await lab.untilStep(1);
    await lab.press('Add momentum 97.7 %');
    await expect.poll(() => lab.text('.ladder [data-current] ul'), WAIT).toBe('Optimiser SGD SGD with momentum');
    expect(await lab.text('.ladder > .field-note')).toMatch(/MNIST.*You train on 4,000 generated digits/);
    expect(
      await lab.page.$$eval('.marked', (marked) => marked.map((each) => each.getAttribute('data-setting'))),
    ).toEqual(['optimizer']);
    await lab.press('Wider, deeper, ReLU 94.7 %');
    await expect.poll(() => lab.setting('optimizer'), WAIT).toBe('sgd');
    expect(await lab.setting('seed')).toBe('1');
  });
});
