/**
 * A fresh browser for everything that is measured, so that no case warms the next and a crash takes nothing with it.
 * Knows how to open the benchmark's page and call it.
 */
import type { Browser, Page } from 'puppeteer';
import { launch, type AdapterKind } from '../../kernels-tests/harness/browser.ts';
import type { Progress } from '../bench/run-case.ts';

export class Browsers {
  private readonly url: string;
  private adapter: AdapterKind | null = null;
  private current: Browser | null = null;

  constructor(url: string) {
    this.url = url;
  }

  /** Calls `use` with the page in a browser of its own. */
  async fresh<T>(use: (page: Page) => Promise<T>, onProgress?: (progress: Progress) => void): Promise<T> {
    // Asking for an adapter starts the GPU process, so only the first browser is asked.
    const { browser, adapter } = await launch(this.adapter ? { adapter: this.adapter } : { origin: this.url });
    this.adapter = adapter;
    this.current = browser;
    try {
      const page = await browser.newPage();
      if (onProgress) await page.exposeFunction('reportProgress', onProgress);
      await page.goto(this.url);
      await page.waitForFunction(() => 'bench' in window);
      return await use(page);
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = null;
    await current?.close();
  }
}
