/**
 * Serves the checkout to the test pages, shaders reflected and TypeScript stripped, on a free port.
 *
 * Files are not watched: a page must not reload under a running test.
 */
import path from 'node:path';
import { createServer } from 'vite';
import { wgsl } from '../../shaders/build/plugin.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Server {
  readonly origin: string;
  close(): Promise<void>;
}

export async function serve(root: string = ROOT): Promise<Server> {
  const server = await createServer({
    configFile: false,
    root,
    appType: 'mpa',
    logLevel: 'error',
    clearScreen: false,
    plugins: [wgsl()],
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false, watch: null, fs: { allow: [ROOT] } },
    optimizeDeps: { noDiscovery: true },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('internal: the test server has no port.');
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
