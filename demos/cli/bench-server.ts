/**
 * Builds the benchmark's page as it would be published, and serves it on a free port of this machine.
 *
 * A production build, so that every engine runs minified and in one file of its own, as its users have it; held in
 * memory, so that nothing is left behind. Knows the page's address and nothing of what it measures.
 */
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { build } from 'vite';

const HERE = import.meta.dirname;
const PAGE = 'bench/bench-page.html';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

type Files = ReadonlyMap<string, string | Uint8Array>;

export interface BenchServer {
  readonly page: string;
  close(): Promise<void>;
}

export async function serveBench(): Promise<BenchServer> {
  const files = await buildPage();
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const address = decodeURIComponent(pathname).slice(1);
    const file = files.get(address) ?? optional(address);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[path.extname(pathname)] ?? 'application/octet-stream' });
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('internal: the server of the benchmark has no port.');
  return {
    page: `http://127.0.0.1:${address.port}/${PAGE}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What an engine that is no dependency asks for, where somebody has installed it. */
function optional(address: string): Uint8Array | undefined {
  const [, name] = /^onnxruntime\/([\w.-]+)$/.exec(address) ?? [];
  if (name === undefined) return undefined;
  const file = path.resolve(HERE, '../../node_modules/onnxruntime-web/dist', name);
  return existsSync(file) ? readFileSync(file) : undefined;
}

async function buildPage(): Promise<Files> {
  const built = await build({
    configFile: path.resolve(HERE, '../../vite.config.ts'),
    mode: 'demos',
    logLevel: 'error',
    build: { write: false },
    plugins: [
      {
        name: 'wgrad:bench-page-alone',
        config(config) {
          config.build = {
            ...config.build,
            rolldownOptions: {
              input: [path.resolve(HERE, '..', PAGE)],
              // Engines whole: one may add methods in a module that its package calls free of effects.
              treeshake: false,
            },
          };
        },
      },
    ],
  });
  if (!('output' in built)) throw new Error('internal: the build of the benchmark gave no single output.');
  return new Map(built.output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]));
}
