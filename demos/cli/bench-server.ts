/**
 * Builds the benchmark's page as it would be published, and serves it on a free port of this machine.
 *
 * A production build, so that every engine runs minified and in one file of its own, as its users have it. Knows the
 * page's address and nothing of what it measures.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { serveFolder } from '../../kernels-tests/harness/static-server.ts';

const HERE = import.meta.dirname;

export interface BenchServer {
  readonly page: string;
  close(): Promise<void>;
}

export async function serveBench(): Promise<BenchServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wgrad-bench-'));
  try {
    await build({
      configFile: path.resolve(HERE, '../../vite.config.ts'),
      mode: 'demos',
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true, reportCompressedSize: false },
      plugins: [
        {
          name: 'wgrad:bench-page-alone',
          config(config) {
            config.build = {
              ...config.build,
              rolldownOptions: {
                input: [path.resolve(HERE, '../bench/bench-page.html')],
                // Engines whole: one may add methods in a module that its package calls free of effects.
                treeshake: false,
              },
            };
          },
        },
      ],
    });
    const server = await serveFolder(folder);
    return {
      page: `${server.origin}/bench/bench-page.html`,
      async close() {
        await server.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
