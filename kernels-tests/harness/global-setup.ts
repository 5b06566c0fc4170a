/** One server and one browser for a whole vitest run; tests open pages in it. */
import type { TestProject } from 'vitest/node';
import { launch, reach, reachOf, type Reach } from './browser.ts';
import { serve } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly browser: Reach;
    readonly origin: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serve();
  try {
    const { browser } = await launch({ origin: `${server.origin}/kernels-tests/harness/page.html` });
    const to = reachOf(browser);
    await browser.disconnect();
    project.provide('browser', to);
    project.provide('origin', server.origin);
    return async () => {
      await (await reach(to)).close();
      await server.close();
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
