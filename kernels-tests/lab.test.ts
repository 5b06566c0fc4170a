/**
 * The MLP lab, opened and used in the browser as a reader would: by itself, by mouse, by keyboard, by its address, in a
 * narrow window, and when things go wrong.
 */
import type { Page } from 'puppeteer';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { watch } from './harness/browser.ts';
import { sharedBrowser } from './harness/page.ts';

const SMALL =
  '#mode=plane&plane=moons&points=100&hidden=8&activation=tanh&optimizer=adam&lr=0.03&batch=32&epochs=5000&seed=3&pace=quick';
const WAIT = { timeout: 60_000, interval: 50 };

interface OpenOptions {
  readonly hash?: string;
  readonly width?: number;
  readonly height?: number;
  /** Runs in the page before its own scripts. */
  readonly before?: string;
}

let open: { page: Page; problems: string[] } | null = null;

async function openLab({ hash = SMALL, width = 1280, height = 800, before }: OpenOptions = {}): Promise<Lab> {
  const page = await (await sharedBrowser()).newPage();
  open = { page, problems: watch(page) };
  await page.setViewport({ width, height, isMobile: width < 500, hasTouch: width < 500 });
  if (before) await page.evaluateOnNewDocument(before);
  await page.goto(`${inject('origin')}/demos/mlp/index.html${hash}`);
  await page.waitForSelector('.transport');
  return new Lab(page);
}

/** What a reader sees and does. */
class Lab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  text(selector: string): Promise<string> {
    return this.page.$eval(selector, (element) => element.textContent.trim());
  }

  state(): Promise<string> {
    return this.text('[data-testid=state]');
  }

  async readout(label: string): Promise<number> {
    const shown = await this.page.$$eval(
      '.readout',
      (readouts, label) =>
        readouts.find((each) => each.querySelector('dt')?.textContent === label)?.querySelector('dd')?.textContent,
      label,
    );
    return Number(shown?.replace(/[,%]/g, ''));
  }

  step(): Promise<number> {
    return this.readout('Step');
  }

  press(name: string): Promise<void> {
    return this.page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  }

  /** Types into the field with this name and leaves it. */
  async type(name: string, text: string): Promise<void> {
    const field = await this.page.locator(`::-p-aria([name="${name}"])`).waitHandle();
    await field.focus();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
    await this.page.$eval('body', () => (document.activeElement as HTMLElement).blur());
  }

  async untilState(state: string): Promise<void> {
    await expect.poll(() => this.state(), WAIT).toBe(state);
  }

  async untilStep(least: number): Promise<void> {
    await expect.poll(() => this.step(), WAIT).toBeGreaterThanOrEqual(least);
  }

  setting(name: string): Promise<string | null> {
    return this.page.evaluate((name) => new URLSearchParams(location.hash.slice(1)).get(name), name);
  }

  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
}

afterEach(async () => {
  const { page, problems } = open ?? { page: null, problems: [] };
  open = null;
  await page?.close();
  expect(problems).toEqual([]);
});

describe('the MLP lab', () => {
  test('trains by itself, and the loss falls', async () => {
    const lab = await openLab();
    await lab.untilStep(1);
    await lab.untilStep(200);
    await expect.poll(() => lab.readout('Loss'), WAIT).toBeLessThan(0.3);
    await expect.poll(() => lab.readout('Test accuracy'), WAIT).toBeGreaterThan(80);
    await lab.page.waitForSelector('.plane-canvas[data-drawn=field]');
    expect(await lab.text('.adapter')).toMatch(
      /software adapter \(.+\): training on the CPU, expect it to be slow|Training on /i,
    );
    expect(await lab.text('.status-bar')).toMatch(/\d+ dispatches, 1 submit a step/);
  });

  test('pauses, steps, plays and resets by mouse', async () => {
    const lab = await openLab();
    await lab.untilStep(1);
    await lab.press('Pause');
    await lab.untilState('Paused');
    const paused = await lab.step();
    await lab.press('One step (S)');
    await expect.poll(() => lab.step(), WAIT).toBe(paused + 1);
    expect(await lab.state()).toBe('Paused');
    await lab.press('Reset (R)');
    await expect.poll(() => lab.step(), WAIT).toBe(0);
    await lab.untilState('Paused');
    await lab.press('Play');
    await lab.untilStep(5);
    expect(await lab.state()).toBe('Training');
  });

  test('pauses, steps, plays and resets by keyboard, and leaves keys to those who type', async () => {
    const lab = await openLab();
    await lab.untilStep(1);
    await lab.page.keyboard.press('Space');
    await lab.untilState('Paused');
    const paused = await lab.step();
    await lab.page.keyboard.press('s');
    await expect.poll(() => lab.step(), WAIT).toBe(paused + 1);
    await lab.page.keyboard.press('ArrowRight');
    await expect.poll(() => lab.step(), WAIT).toBe(paused + 2);
    await lab.page.focus('#seed');
    await lab.page.keyboard.type('s r');
    await lab.page.keyboard.press('Escape');
    expect(await lab.step()).toBe(paused + 2);
    await lab.page.$eval('input#seed', (input) => input.blur());
    await lab.page.keyboard.press('r');
    await expect.poll(() => lab.step(), WAIT).toBe(0);
    await lab.page.keyboard.press('?');
    await lab.page.waitForSelector('dialog[open]');
    expect(await lab.text('dialog[open]')).toContain('Play or pause');
    await lab.page.keyboard.press('Escape');
    await lab.page.waitForSelector('dialog:not([open])');
    const theme = (): Promise<string | undefined> => lab.page.evaluate(() => document.documentElement.dataset['theme']);
    const before = await theme();
    await lab.page.keyboard.press('d');
    expect(await theme()).not.toBe(before);
    await lab.page.keyboard.press('d');
  });

  test('takes a learning rate over while it runs, and starts anew for everything else', async () => {
    const lab = await openLab();
    await lab.untilStep(20);
    await lab.type('Learning rate, number', '0.02');
    const step = await lab.step();
    expect(step).toBeGreaterThanOrEqual(20);
    await lab.untilStep(step + 20);
    expect(await lab.setting('lr')).toBe('0.02');
    await lab.page.locator('input[value=relu]').click();
    await expect.poll(() => lab.step(), WAIT).toBeLessThan(step);
    await lab.untilStep(10);
    await lab.type('Units of hidden layer 1', '12');
    await lab.type('Batch size, number', '7');
    await expect.poll(() => lab.text('.lab-side .plain-table tbody'), WAIT).toContain('12');
    await lab.untilStep(10);
    expect(await lab.setting('hidden')).toBe('12');
    expect(await lab.setting('batch')).toBe('7');
  });

  test('restores the whole configuration from its address, and survives nonsense in it', async () => {
    const lab = await openLab({ hash: `${SMALL}&showTest=0` });
    await lab.untilStep(1);
    await lab.type('Seed', '41');
    await lab.page.reload();
    await lab.page.waitForSelector('.transport');
    await lab.untilStep(1);
    const shown = {
      seed: await lab.page.$eval('input#seed', (input) => input.value),
      plane: await lab.page.$eval('input[value=moons]', (input) => input.checked),
      test: await lab.page.$eval('input[role=switch]', (input) => input.checked),
      hidden: await lab.setting('hidden'),
    };
    expect(shown).toEqual({ seed: '41', plane: true, test: false, hidden: '8' });
    await lab.page.evaluate(
      () => (location.hash = '#mode=plane&plane=volcano&hidden=4,x&lr=-7&batch=&epochs=1e999&seed=2'),
    );
    await expect.poll(() => lab.setting('plane'), WAIT).toBe('spirals');
    expect(await lab.setting('hidden')).toBe('16,16');
    await lab.untilStep(1);
  });

  test('stops at a loss that is no number, says at which step, and goes on from the last good parameters', async () => {
    const hash = SMALL.replace('hidden=8', 'hidden=64,64,64,64').replace('activation=tanh', 'activation=relu');
    const lab = await openLab({
      hash: hash.replace('optimizer=adam', 'optimizer=momentum').replace('lr=0.03', 'lr=1000000'),
    });
    await lab.untilState('Stopped');
    expect(await lab.text('.problem')).toMatch(
      /The loss became (NaN|infinite) at step \d+.*the last good parameters, those of step \d+, are back/,
    );
    await lab.type('Learning rate, number', '0.01');
    await lab.press('Play');
    const stopped = await lab.step();
    await lab.untilStep(stopped + 30);
    expect(await lab.page.$('.problem')).toBeNull();
    expect(await lab.readout('Loss')).toBeLessThan(5);
  });

  test('shows each chart as a table too', async () => {
    const lab = await openLab();
    await lab.untilStep(40);
    await lab.page.locator('section[aria-label=Loss] .chart-switch:last-child input').click();
    await lab.page.waitForSelector('section[aria-label=Loss] table');
    const rows = await lab.page.$$eval('section[aria-label=Loss] tbody tr', (rows) => rows.length);
    expect(rows).toBeGreaterThan(3);
    expect(await lab.text('section[aria-label=Loss] thead')).toBe('Steptraintest');
    expect(await lab.text('[data-testid=summary]')).toMatch(/^Training: step/);
  });

  test('learns generated digits, and shows what it answers', async () => {
    const lab = await openLab({
      hash: '#mode=digits&hidden=32&activation=relu&optimizer=adam&lr=0.003&batch=128&epochs=2&pace=full',
    });
    await lab.untilState('Finished');
    expect(await lab.readout('Test accuracy')).toBeGreaterThan(80);
    expect(await lab.page.$$eval('.tile', (tiles) => tiles.length)).toBe(40);
    await expect.poll(() => lab.text('.confusion tbody'), WAIT).toMatch(/\d{2}/);
    expect(await lab.page.$$eval('.weights canvas', (units) => units.length)).toBe(24);
    expect(await lab.overflow()).toBe(0);
  });

  test.each(['plane', 'digits'])('fits a narrow window without scrolling sideways: %s', async (mode) => {
    const lab = await openLab({ hash: SMALL.replace('mode=plane', `mode=${mode}`), width: 390, height: 844 });
    await lab.untilStep(1);
    expect(await lab.overflow()).toBe(0);
    await lab.page.locator('.lab-panel summary').click();
    await lab.page.waitForSelector('.lab-panel[open] .slider');
    expect(await lab.overflow()).toBe(0);
    await lab.press('Pause');
    await lab.untilState('Paused');
  });

  test('says what to do where there is no WebGPU, and where there is no adapter', async () => {
    const missing = await openLab({ before: 'Reflect.deleteProperty(Navigator.prototype, "gpu")' });
    await missing.page.waitForSelector('.problem[data-kind=fatal]');
    expect(await missing.text('.problem')).toMatch(/no WebGPU.*Chrome or Edge 113.*Safari 26.*Firefox 141/s);
    await missing.page.close();
    const refused = await openLab({ before: 'GPU.prototype.requestAdapter = () => Promise.resolve(null)' });
    await refused.page.waitForSelector('.problem[data-kind=fatal]');
    expect(await refused.text('.problem')).toMatch(/No graphics adapter.*chrome:\/\/gpu.*swiftshader/s);
  });
});
