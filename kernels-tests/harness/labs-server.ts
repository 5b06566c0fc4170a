/**
 * Serves the labs as they are published: built from this checkout when one is first asked for. What is tested is what
 * readers get, and a lab opens sooner than from its hundreds of modules.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './server.ts';
import { serveFolder, type StaticServer } from './static-server.ts';

const VITE = path.join(path.dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');

export async function serveLabs(): Promise<StaticServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wgrad-labs-'));
  let built: Promise<unknown> | null = null;
  const server = await serveFolder(folder, () => {
    // In a process of its own, because in that of the tests Vite builds for development.
    built ??= promisify(execFile)(process.execPath, [VITE, 'build', '--mode', 'demos', '--outDir', folder], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    return built;
  });
  return {
    origin: server.origin,
    async close() {
      await server.close();
      await built?.catch(() => undefined);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
