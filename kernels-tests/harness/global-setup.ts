/** One server and one browser for a whole vitest run; tests open pages in it. */
import type { TestProject } from 'vitest/node';
import { launch } from './browser.ts';
import { serve } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly browser: string;
    readonly origin: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serve();
  try {
    const { browser } = await launch({ origin: `${server.origin}/kernels-tests/harness/page.html` });
    project.provide('browser', browser.wsEndpoint());
    project.provide('origin', server.origin);
    return async () => {
      await browser.close();
      await server.close();
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
