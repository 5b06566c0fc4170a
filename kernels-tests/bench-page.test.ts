/** The benchmark's page as a reader uses it; measuring other engines is left to `npm run bench`. */
import type { Page } from 'puppeteer';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { FORMAT, QUICK, type BenchResult } from '../demos/bench/result.ts';
import { linkOf } from '../demos/bench/share.ts';
import { watch } from './harness/browser.ts';
import { sharedBrowser } from './harness/page.ts';

const WAIT = { timeout: 60_000, interval: 50 };

const SHARED: BenchResult = {
  format: FORMAT,
  date: '2026-01-01T00:00:00Z',
  wgrad: { version: '0', commit: null },
  environment: {
    browser: 'Chrome/1',
    userAgent: '',
    cores: 2,
    adapter: {
      vendor: '',
      architecture: '',
      device: '',
      description: 'A faraway GPU',
      software: false,
      subgroups: [32, 32],
    },
    features: [],
    limits: {},
  },
  options: QUICK,
  engines: { wgrad: '0' },
  cases: [{ case: 'matmul', title: 'matmul of old', flops: 1, bytes: 1, iterations: 1, engines: [] }],
};

let open: { page: Page; problems: string[] } | null = null;

afterEach(async () => {
  const { page, problems } = open ?? { page: null, problems: [] };
  open = null;
  await page?.close();
  expect(problems).toEqual([]);
});

async function openBench(width: number): Promise<Page> {
  const page = await (await sharedBrowser()).newPage();
  open = { page, problems: watch(page) };
  await page.setViewport({ width, height: 844, isMobile: width < 500, hasTouch: width < 500 });
  await page.goto(`${inject('origin')}/demos/bench/index.html`);
  await page.waitForSelector('[role=tab]');
  return page;
}

function tab(page: Page, name: string): Promise<void> {
  return page.locator(`::-p-aria([name="${name}"][role="tab"])`).click();
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

function texts(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, (all) => all.map(({ textContent }) => textContent.trim()));
}

describe("the benchmark's page", () => {
  test('takes a training step apart: figures, timeline, memory, and any kernel with its header', async () => {
    const page = await openBench(1280);
    await tab(page, 'Steps and kernels');
    await page.select('.case-choice select', 'tiny-mlp');
    await page.locator('::-p-aria([name="Profile"][role="button"])').click();
    await expect.poll(() => page.$$('.profile-pick').then((all) => all.length), WAIT).toBeGreaterThan(5);
    const kernels = await texts(page, '.profile-pick');
    expect(await page.$$eval('.profile-dispatch', (all) => all.length)).toBe(kernels.length);
    expect(await page.$$eval('.profile-value', (all) => all.length)).toBeGreaterThan(3);
    const figures = await texts(page, '.profile-figures dt');
    expect(figures).toContain('saved by sharing');
    const last = kernels.indexOf('sgd');
    await (await page.$$('.profile-pick'))[last]?.click();
    await expect.poll(() => texts(page, '.profile-text h2'), WAIT).toEqual(['sgd runs sgd of update.wgsl']);
    expect(await texts(page, '.profile-text dt')).toEqual(
      expect.arrayContaining(['Maths', 'Shapes', 'Source', 'Variant']),
    );
    const [code = ''] = await texts(page, '.profile-text pre');
    expect(code).toContain('fn sgd(');
    // The commented text, and not the stripped one that is compiled.
    expect(code).toContain('// ');
  });

  test('runs a kernel that the reader changed, where it is right, and says where it is not', async () => {
    const page = await openBench(1280);
    await tab(page, 'Steps and kernels');
    await page.select('.case-choice select', 'softmax');
    await page.locator('::-p-aria([name="Profile"][role="button"])').click();
    await page.locator('::-p-aria([name="Change it"][role="button"])').click();
    const change = async (from: string, to: string): Promise<void> => {
      const text = await page.$eval('.profile-editor textarea', (field: HTMLTextAreaElement) => field.value);
      expect(text).toContain(from);
      await page.locator('.profile-editor textarea').fill(text.replaceAll(from, to));
      await page.locator('::-p-aria([name="Run"][role="button"])').click();
    };
    await change('= exp(', '= 1.0 * exp(');
    await expect
      .poll(() => texts(page, '.profile-editor [role=status]'), WAIT)
      .toEqual([expect.stringMatching(/^The result is right, off by .* at most\. .*; as it ships \d/)]);
    await change('exp(', 'exp2(');
    await expect.poll(() => texts(page, '.profile-problem'), WAIT).toEqual([expect.stringContaining('wrong result')]);
    await change('exp2(', 'exp2 * (');
    await expect
      .poll(() => texts(page, '.profile-problem'), WAIT)
      .toEqual([expect.stringMatching(/does not compile: .*\n.*exp2 \* \(/s)]);
    await page.locator('::-p-aria([name="Back"][role="button"])').click();
    const [code] = await texts(page, '.profile-text pre');
    expect(code).not.toContain('exp2');
    await page.locator('::-p-aria([name="Profile"][role="button"])').click();
    await expect.poll(() => texts(page, '.bench-problem'), WAIT).toEqual([]);
  });

  test('measures the kernels among which a step has a choice', async () => {
    const page = await openBench(1280);
    await tab(page, 'Variants');
    await page.select('.case-choice select', 'tiny-mlp');
    await page.locator('::-p-aria([name="Measure"][role="button"])').click();
    await expect.poll(() => page.$('.variants-entry').then(Boolean), WAIT).toBe(true);
    await expect
      .poll(() => page.$eval('.case-choice button', (button: HTMLButtonElement) => button.disabled), WAIT)
      .toBe(false);
    const entries = await page.$$eval('.variants-entry', (all) =>
      all.map((entry) => [...entry.querySelectorAll('tr')].map((row) => row.textContent.trim())),
    );
    // Where one kernel is far ahead the others are out, and have no time.
    expect(entries.flat().length).toBeGreaterThan(entries.length);
    for (const rows of entries) {
      expect(rows.filter((row) => /used/.test(row))).toHaveLength(1);
      for (const row of rows) expect(row).toMatch(/\d (?:µs|ms)/);
    }
  });

  test('measures a step at every size, and shows it beside the arithmetic', async () => {
    const page = await openBench(390);
    await tab(page, 'Sizes');
    await page.select('.sizes select', 'conv-channels');
    await page.locator('::-p-aria([name="Measure"][role="button"])').click();
    await expect.poll(() => texts(page, '.sizes tbody tr').then(({ length }) => length), WAIT).toBe(6);
    const rows = await texts(page, '.sizes tbody tr');
    expect(rows.filter((row) => /% of (?:32|64)$/.test(row))).toHaveLength(4);
    expect((await page.$$('.sizes-point')).length).toBe(6);
    expect(await overflow(page)).toBe(0);
  });

  test('shows the result that a link carries, as that of another machine', async () => {
    const page = await openBench(390);
    const link = await linkOf(SHARED, page.url());
    await page.goto(link);
    await page.reload();
    await expect.poll(() => texts(page, '.bench-shared'), WAIT).toHaveLength(1);
    expect((await texts(page, '.bench-shared'))[0]).toContain('A faraway GPU, Chrome/1, 2026-01-01');
    expect((await texts(page, '.bench-case th'))[0]).toContain('matmul of old');
    await page.locator('::-p-aria([name="Copy link"][role="button"])').click();
    await expect.poll(() => texts(page, '.bench-take [role=status]'), WAIT).toEqual([expect.stringMatching(/copied/i)]);
    expect(await overflow(page)).toBe(0);
  });

  test('fits a phone, whatever is looked at', async () => {
    const page = await openBench(390);
    for (const name of ['Engines', 'Roofline', 'Variants', 'Sizes', 'Steps and kernels']) {
      await tab(page, name);
      expect(await overflow(page)).toBe(0);
    }
  });

  test('chooses whole suites at once', async () => {
    const page = await openBench(1280);
    const [, steps = ''] = await texts(page, '.bench-suites legend');
    const total = Number(/of (\d+)$/.exec(steps)?.[1]);
    const suite = (await page.$$('.bench-suites legend input'))[1];
    await suite?.click();
    await expect
      .poll(async () => (await texts(page, '.bench-suites legend'))[1], WAIT)
      .toBe(`Training steps: ${total} of ${total}`);
    await suite?.click();
    await expect
      .poll(async () => (await texts(page, '.bench-suites legend'))[1], WAIT)
      .toBe(`Training steps: 0 of ${total}`);
  });
});
