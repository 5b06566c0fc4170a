/** The servers and one browser for a whole vitest run; tests open pages in it. */
import type { TestProject } from 'vitest/node';
import { launch, reach, reachOf, type Reach } from './browser.ts';
import { serveLabs } from './labs-server.ts';
import { serve } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly browser: Reach;
    readonly origin: string;
    /** Where the labs are, as they are published. */
    readonly labs: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serve();
  const labs = await serveLabs();
  const close = async (): Promise<void> => {
    await Promise.allSettled([server.close(), labs.close()]);
  };
  try {
    const { browser } = await launch({ origin: `${server.origin}/kernels-tests/harness/page.html` });
    const to = reachOf(browser);
    await browser.disconnect();
    project.provide('browser', to);
    project.provide('origin', server.origin);
    project.provide('labs', labs.origin);
    return async () => {
      try {
        await (await reach(to)).close();
      } finally {
        await close();
      }
    };
  } catch (error) {
    await close();
    throw error;
  }
}
