/**
 * Serves the labs on a free port of this machine, and with them the data files of the run. Only files named by the
 * command are served, under names that the page is told.
 */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createServer, type Plugin } from 'vite';
import type { DataFiles } from './lab.ts';

export interface TrainServer {
  readonly origin: string;
  /** Where the page finds the files; null where there are none. */
  readonly urls: DataFiles | null;
  close(): Promise<void>;
}

const PREFIX = '/data/';

export async function serveLabs(files: DataFiles | null): Promise<TrainServer> {
  const server = await createServer({
    configFile: path.resolve(import.meta.dirname, '../../vite.config.ts'),
    logLevel: 'error',
    clearScreen: false,
    plugins: files ? [dataFiles(files)] : [],
    server: { host: '127.0.0.1', port: 0, strictPort: false, hmr: false, ws: false, watch: null, open: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('internal: the server of the labs has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    urls: files && Object.fromEntries(Object.keys(files).map((part) => [part, PREFIX + part])),
    close: () => server.close(),
  };
}

function dataFiles(files: DataFiles): Plugin {
  return {
    name: 'wgrad:data-files',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const file = request.url?.startsWith(PREFIX) && files[request.url.slice(PREFIX.length)];
        if (!file) return next();
        response.setHeader('Content-Type', 'application/octet-stream');
        createReadStream(file)
          .on('error', (error) => response.writeHead(500, error.message).end())
          .pipe(response);
      });
    },
  };
}
