/**
 * Serves the checkout to the test pages, shaders reflected and TypeScript stripped, on a free port.
 *
 * Files are not watched: a page must not reload under a running test.
 */
import net from 'node:net';
import path from 'node:path';
import { createServer } from 'vite';
import { wgsl } from '../../shaders/build/plugin.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Server {
  readonly origin: string;
  close(): Promise<void>;
}

/** Vite's client must know the port, so it cannot be left to `listen`. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export async function serve(root: string = ROOT): Promise<Server> {
  const server = await createServer({
    configFile: false,
    root,
    appType: 'mpa',
    logLevel: 'error',
    clearScreen: false,
    plugins: [wgsl()],
    server: { host: '127.0.0.1', port: await freePort(), strictPort: true, watch: null, fs: { allow: [ROOT] } },
    optimizeDeps: { noDiscovery: true },
  });
  await server.listen();
  return { origin: `http://127.0.0.1:${server.config.server.port}`, close: () => server.close() };
}
