/**
 * One configuration, four uses: `vite build` makes the package's single file, `vite build --mode demos` the labs as a
 * static site, `vite` serves the labs, and vitest runs the tests. All of them see shaders through the same plugin.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { wgsl } from './shaders/build/plugin.ts';

const here = import.meta.dirname;
const demos = path.join(here, 'demos');

/** `demos/index.html`, one page a folder, and the labs' further pages. */
function pages(): string[] {
  const folders = readdirSync(demos, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return ['.', ...folders.map(({ name }) => name)]
    .map((folder) => path.join(demos, folder, 'index.html'))
    .concat(['mlp/race.html', 'cnn/compare.html', 'cnn/transfer.html'].map((page) => path.join(demos, page)))
    .filter((page) => existsSync(page));
}

/** All of the package in one file, for a page without a bundler. The modules that bundlers take are written by tsc. */
const single: UserConfig = {
  build: {
    target: 'es2022',
    lib: { entry: path.join(here, 'src/index.ts'), formats: ['es'], fileName: 'wgrad.min' },
    rolldownOptions: { output: { minify: true } },
  },
};

const labs = (): UserConfig => ({
  root: demos,
  base: './',
  server: { fs: { allow: [here] } },
  // The other engines of the bench are bundled when it loads them, not before the labs open.
  optimizeDeps: { entries: ['mlp/index.html'] },
  build: {
    target: 'es2022',
    outDir: path.join(here, 'dist-demos'),
    emptyOutDir: true,
    rolldownOptions: { input: pages() },
  },
});

export default defineConfig(({ command, mode }) => {
  const plugins = [wgsl()];
  if (mode === 'test') {
    return {
      plugins,
      test: {
        include: ['kernels-tests/**/*.test.ts'],
        globalSetup: ['kernels-tests/harness/global-setup.ts'],
        setupFiles: ['kernels-tests/harness/leave.ts'],
        // The browser's software adapter takes every core by itself.
        fileParallelism: false,
        testTimeout: 120_000,
        hookTimeout: 120_000,
      },
    };
  }
  const config = command === 'build' && mode !== 'demos' ? single : labs();
  return { plugins, ...config };
});
