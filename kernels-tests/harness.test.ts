import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from './harness/find-browser.ts';
import type * as Module from './harness.page.ts';
import { openPage, type TestPage } from './harness/page.ts';

describe('the browser', () => {
  let page: TestPage<typeof Module>;
  beforeAll(async () => {
    page = await openPage<typeof Module>('kernels-tests/harness.page.ts');
  });
  afterAll(() => page.close());

  test('has a WebGPU adapter', async () => {
    expect(await page.call('adapterName')).not.toBe('none');
  });

  test('runs exported functions and hands back their results and errors', async () => {
    expect(await page.call('add', 2, 3)).toBe(5);
    await expect(page.call('fail')).rejects.toThrow('a failure');
  });

  test('reports what the page logs as an error', async () => {
    await page.call('complain');
    await expect.poll(() => page.problems).toContain('console.error: a complaint');
  });
});

describe('finding a browser', () => {
  const empty = mkdtempSync(path.join(os.tmpdir(), 'wgrad-'));
  afterAll(() => rmSync(empty, { recursive: true }));

  test('takes the one that the environment names', () => {
    const file = path.join(empty, 'chrome');
    writeFileSync(file, '', { mode: 0o755 });
    expect(findBrowser({ WGRAD_BROWSER: file })).toBe(file);
    expect(findBrowser({ CHROME_PATH: 'chrome', PATH: empty })).toBe(file);
  });

  test('says what to install and how where there is none', () => {
    expect(() => findBrowser({ PATH: empty }, () => false)).toThrow(
      /no Chrome or Chromium found[^]*Install one:[^]*npx @puppeteer\/browsers install chrome@stable[^]*WGRAD_BROWSER=/,
    );
  });

  test('says which variable names a browser that is not there', () => {
    expect(() => findBrowser({ CHROME_PATH: path.join(empty, 'missing') })).toThrow(/CHROME_PATH is ".*missing"/);
  });
});
