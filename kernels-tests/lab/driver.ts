/**
 * A lab as a reader has it: opened in a page of its own, looked at by what it says and used by names, and its
 * console watched. Knows no particular test.
 */
import type { Page } from 'puppeteer';
import { afterEach, expect, inject } from 'vitest';
import { watch } from '../harness/browser.ts';
import { sharedBrowser } from '../harness/page.ts';

export const SMALL =
  '#mode=plane&plane=moons&points=100&hidden=8&activation=tanh&optimizer=adam&lr=0.03&batch=32&epochs=5000&seed=3&pace=quick';
/** How long a page may take on a busy machine. */
export const WAIT = { timeout: 60_000, interval: 50 };

export interface OpenOptions {
  /** `mlp` unless said otherwise. */
  readonly lab?: 'mlp' | 'cnn' | 'rnn';
  /** `index.html` unless said otherwise. */
  readonly file?: string;
  readonly hash?: string;
  readonly width?: number;
  readonly height?: number;
  /** Runs in the page before its own scripts. */
  readonly before?: string;
  /** What the console may say of a server that is meant to fail. */
  readonly expected?: RegExp;
}

let open: { page: Page; problems: string[]; expected: RegExp } | null = null;

/** One lab a test; what its console says fails the test that opened it. */
export async function openLab(options: OpenOptions = {}): Promise<Lab> {
  const {
    lab = 'mlp',
    file = 'index.html',
    hash = SMALL,
    width = 1280,
    height = 800,
    before,
    expected = /^$/,
  } = options;
  const page = await (await sharedBrowser()).newPage();
  open = { page, problems: watch(page), expected };
  await page.setViewport({ width, height, isMobile: width < 500, hasTouch: width < 500 });
  if (before) await page.evaluateOnNewDocument(before);
  await goTo(page, addressOf(lab, hash, file));
  await page.waitForSelector('.transport');
  return new Lab(page);
}

export function addressOf(lab: string, hash: string, file = 'index.html'): string {
  return `${inject('labs')}/${lab}/${file}${hash}`;
}

/** The first page of a run waits until the labs are built. */
export async function goTo(page: Page, address: string): Promise<void> {
  const answer = await page.goto(address, { timeout: 110_000 });
  if (answer && !answer.ok()) throw new Error(`${address} answers ${answer.status()}: ${await answer.text()}`);
}

/** What a reader sees and does. */
export class Lab {
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

  tab(name: string): Promise<void> {
    return this.page.locator(`::-p-aria([name="${name}"][role="tab"])`).click();
  }

  setting(name: string): Promise<string | null> {
    return this.page.evaluate((name) => new URLSearchParams(location.hash.slice(1)).get(name), name);
  }

  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
}

/** Drops files, each a name and its contents (or how many zeros), on the page. */
export function drop(
  page: Page,
  files: readonly (readonly [name: string, type: string, bytes: number | readonly number[]])[],
): Promise<void> {
  return page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const [name, type, bytes] of given)
      transfer.items.add(new File([new Uint8Array(bytes as number)], name, { type }));
    dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
  }, files);
}

/** Whether the run that the browser keeps of a lab has this in its settings; the file may be one of another page. */
export function isKept(page: Page, lab: string, settings: string): Promise<boolean> {
  return page.evaluate(
    async (folderName, wanted) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(folderName).catch(() => null);
      const file = await folder?.getFileHandle('run.safetensors').catch(() => null);
      return file ? (await (await file.getFile()).text()).includes(wanted) : false;
    },
    `wgrad-store-${lab}-lab`,
    settings,
  );
}

/** To be called once by each file that opens labs. */
export function closeAfterEach(): void {
  afterEach(async () => {
    const { page, problems = [], expected = /^$/ } = open ?? {};
    open = null;
    await page?.close();
    expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
  });
}
