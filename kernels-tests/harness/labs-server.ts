/**
 * Serves the labs as they are published: built from this checkout when one is first asked for. What is tested is what
 * readers get, and a lab opens sooner than from its hundreds of modules.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { ROOT } from './server.ts';
import { serveFolder, type StaticServer } from './static-server.ts';

export async function serveLabs(): Promise<StaticServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wgrad-labs-'));
  let built: Promise<unknown> | null = null;
  const server = await serveFolder(folder, () => {
    built ??= build({
      configFile: path.join(ROOT, 'vite.config.ts'),
      mode: 'demos',
      logLevel: 'error',
      build: { outDir: folder },
    });
    return built;
  });
  return {
    origin: server.origin,
    async close() {
      await server.close();
      await built?.catch(() => undefined);
      await rm(folder, { recursive: true });
    },
  };
}
