/**
 * Calls the functions of a module inside the browser.
 *
 * A test that needs the GPU is two files: `x.page.ts`, which the browser imports and whose exported functions take and
 * return plain data, and `x.test.ts`, which calls them by name with their types. Knows no op.
 */
import path from 'node:path';
import type { Browser, Page } from 'puppeteer';
import { inject } from 'vitest';
import { reach, watch } from './browser.ts';
import { ROOT } from './server.ts';

type Callable<M, K extends keyof M> = M[K] extends (...args: infer A) => infer R
  ? { args: A; result: Awaited<R> }
  : never;

export interface TestPage<M> extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings that the page reported so far. */
  readonly problems: string[];
  call<K extends keyof M & string>(name: K, ...args: Callable<M, K>['args']): Promise<Callable<M, K>['result']>;
  close(): Promise<void>;
}

let connection: Promise<Browser> | null = null;

/** The browser of this run. */
export function sharedBrowser(): Promise<Browser> {
  connection ??= reach(inject('browser'));
  return connection;
}

/** Makes room for the tests of another file. */
export async function leaveBrowser(): Promise<void> {
  await (await connection)?.disconnect();
  connection = null;
}

/**
 * Opens a page that has imported `module`.
 * @param module path of the `.page.ts` file, relative to the repository's root
 */
export async function openPage<M>(module: string): Promise<TestPage<M>> {
  const page = await (await sharedBrowser()).newPage();
  const problems = watch(page);
  await page.goto(`${inject('origin')}/kernels-tests/harness/page.html`);
  const url = `/${path.relative(ROOT, path.resolve(ROOT, module)).split(path.sep).join('/')}`;
  // As text: vitest would rewrite a dynamic import inside a function.
  const exported = await page.evaluateHandle(`import(${JSON.stringify(url)})`).catch((error: unknown) => {
    throw new Error(`${module} does not load in the browser.\n${problems.join('\n')}`, { cause: error });
  });
  const close = (): Promise<void> => page.close();
  return {
    page,
    problems,
    call: (name, ...args) =>
      page.evaluate(
        async (module, name, args) => {
          const callable = (module as Record<string, (...args: unknown[]) => unknown>)[name];
          if (!callable) throw new Error(`the page module exports no ${name}`);
          // Firefox sends an object that is there twice only once.
          const apart = (value: unknown): unknown => {
            if (Array.isArray(value)) return value.map(apart);
            if (value?.constructor !== Object) return value;
            return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, apart(each)]));
          };
          return apart(await callable(...args)) as never;
        },
        exported,
        name,
        args,
      ),
    close,
    [Symbol.asyncDispose]: close,
  };
}
