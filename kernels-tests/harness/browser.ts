/**
 * A headless Chrome with WebGPU, on the hardware adapter where there is one and on SwiftShader elsewhere.
 *
 * Tests, the terminal run and the benchmark all launch through here, so they agree on flags. Knows nothing of what the
 * pages do.
 */
import { existsSync } from 'node:fs';
import { launch as launchChrome, type Browser, type Page } from 'puppeteer';
import { findBrowser } from './find-browser.ts';

export type AdapterKind = 'hardware' | 'swiftshader';

export interface Launched {
  readonly browser: Browser;
  readonly adapter: AdapterKind;
}

export interface LaunchOptions {
  /** `auto` tries the hardware first, unless CI is set or the machine has no GPU; WGRAD_ADAPTER has the last word. */
  readonly adapter?: AdapterKind | 'auto';
  readonly headless?: boolean;
  /** A page of this origin asks for the adapter: WebGPU exists in secure contexts only. */
  readonly origin?: string;
}

const FLAGS = [
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** @throws with a remedy where no browser is found, or where its WebGPU gives no adapter. */
export async function launch(options: LaunchOptions = {}): Promise<Launched> {
  const choices = adapters(options.adapter ?? 'auto');
  for (const adapter of choices) {
    const browser = await start(adapter, options.headless ?? true);
    const found = options.origin === undefined || (await hasAdapter(browser, options.origin));
    if (found) return { browser, adapter };
    await browser.close();
  }
  throw new Error(
    `WebGPU: ${findBrowser()} gives no adapter (tried ${choices.join(', ')}). ` +
      'It must be Chrome or Chromium 121 or newer, and not the headless-shell build. ' +
      'Set WGRAD_ADAPTER=swiftshader for the software adapter, or WGRAD_BROWSER for another browser.',
  );
}

function adapters(wanted: AdapterKind | 'auto'): readonly AdapterKind[] {
  const named = process.env['WGRAD_ADAPTER'];
  if (named && named !== 'auto') {
    if (named === 'hardware' || named === 'swiftshader') return [named];
    throw new Error(`browser: WGRAD_ADAPTER is "${named}". Use hardware, swiftshader or auto.`);
  }
  if (wanted !== 'auto') return [wanted];
  return process.env['CI'] || !mayHaveGpu() ? ['swiftshader'] : ['hardware', 'swiftshader'];
}

function mayHaveGpu(): boolean {
  return process.platform !== 'linux' || ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((device) => existsSync(device));
}

function start(adapter: AdapterKind, headless: boolean): Promise<Browser> {
  const sandboxless = process.platform === 'linux' && (process.getuid?.() === 0 || Boolean(process.env['CI']));
  const vulkan = process.platform === 'linux' ? ['--enable-features=Vulkan'] : [];
  return launchChrome({
    executablePath: findBrowser(),
    headless,
    // One call may be a whole training run; tests have limits of their own.
    protocolTimeout: 0,
    args: [
      ...FLAGS,
      ...(sandboxless ? ['--no-sandbox'] : []),
      ...(adapter === 'swiftshader' ? ['--use-webgpu-adapter=swiftshader'] : vulkan),
    ],
  });
}

async function hasAdapter(browser: Browser, origin: string): Promise<boolean> {
  const page = await browser.newPage();
  try {
    await page.goto(origin);
    return await page.evaluate(async () => 'gpu' in navigator && (await navigator.gpu.requestAdapter()) !== null);
  } finally {
    await page.close();
  }
}

/** Collects what a page complains of: uncaught errors, rejections, console errors and warnings, failed requests. */
export function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`uncaught: ${error instanceof Error ? error.stack : String(error)}`));
  page.on('error', (error) => problems.push(`page crashed: ${error.message}`));
  page.on('console', (message) => {
    const type = message.type();
    if (type === 'error' || type === 'warn') problems.push(`console.${type}: ${message.text()}`);
  });
  page.on('requestfailed', (request) => problems.push(`request failed: ${request.url()}`));
  return problems;
}
