/**
 * A headless Chrome with WebGPU, on the hardware adapter where there is one and on SwiftShader elsewhere; or Firefox,
 * where WGRAD_BROWSER names it, on the adapter that it chooses.
 *
 * Tests, the terminal run and the benchmark all launch through here, so they agree on flags. Knows nothing of what the
 * pages do.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { connect, launch as launchBrowser, type Browser, type Page } from 'puppeteer';
import { findBrowser } from './find-browser.ts';

export type AdapterKind = 'hardware' | 'swiftshader' | 'default';

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
  const headless = options.headless ?? true;
  const choices = isFirefox() ? (['default'] as const) : adapters(options.adapter ?? 'auto');
  for (const adapter of choices) {
    const browser = await (adapter === 'default' ? startFirefox(headless) : startChrome(adapter, headless));
    const found = options.origin === undefined || (await hasAdapter(browser, options.origin));
    if (found) return { browser, adapter };
    await browser.close();
  }
  throw new Error(
    `WebGPU: ${findBrowser()} gives no adapter (tried ${choices.join(', ')}). ` +
      'It must be Chrome or Chromium 121 or newer, and not the headless-shell build, or Firefox 141 or newer. ' +
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

function isFirefox(): boolean {
  return path.basename(findBrowser()).startsWith('firefox');
}

function startFirefox(headless: boolean): Promise<Browser> {
  return launchBrowser({
    browser: 'firefox',
    executablePath: findBrowser(),
    headless,
    protocolTimeout: 0,
    extraPrefsFirefox: { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true },
  });
}

/** What another process needs to reach a browser. */
export interface Reach {
  readonly browserWSEndpoint: string;
  readonly protocol: 'cdp' | 'webDriverBiDi';
}

export function reachOf(browser: Browser): Reach {
  return { browserWSEndpoint: browser.wsEndpoint(), protocol: isFirefox() ? 'webDriverBiDi' : 'cdp' };
}

/** Firefox has one client at a time: who is done disconnects. */
export function reach(to: Reach): Promise<Browser> {
  return connect({ ...to, protocolTimeout: 900_000 });
}

function startChrome(adapter: AdapterKind, headless: boolean): Promise<Browser> {
  const sandboxless = process.platform === 'linux' && (process.getuid?.() === 0 || Boolean(process.env['CI']));
  const vulkan = process.platform === 'linux' ? ['--enable-features=Vulkan'] : [];
  return launchBrowser({
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
