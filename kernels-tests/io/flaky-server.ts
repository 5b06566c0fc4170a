/**
 * A server on loopback that fails in the ways that servers do.
 *
 * What it does is in the query of the address, so that each test has its own file. It knows nothing of who asks.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { contents } from './flaky-server-contents.ts';

export interface Asked {
  readonly file: string;
  readonly range: string | undefined;
}

export interface FlakyServer extends AsyncDisposable {
  readonly origin: string;
  /** All that was asked of a file, in order; preflights left out. */
  asked(file: string): Asked[];
  /** From now on answers as if with these options in the query. */
  become(file: string, options: string): void;
}

/**
 * Options: `size`; `version`; `breaks` how many connections break off half-way through what they send; `ranges=no`;
 * `length=no`; `tag=no`; `status`; `slow` milliseconds before the second half; `expose=no` hides the range's headers.
 *
 * @param files contents of its own; of any other file as many bytes as `size` says
 */
export async function flakyServer(files: Readonly<Record<string, Uint8Array>> = {}): Promise<FlakyServer> {
  const log: Asked[] = [];
  const changed = new Map<string, string>();
  const breaks = new Map<string, number>();
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const file = decodeURIComponent(url.pathname.slice(1));
    const options = new URLSearchParams(url.search);
    for (const [name, value] of new URLSearchParams(changed.get(file))) options.set(name, value);
    const expose = options.get('expose') === 'no' ? '' : 'content-range, etag';
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', expose);
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'access-control-allow-headers': 'range' }).end();
      return;
    }
    const { range } = request.headers;
    log.push({ file, range });
    const status = Number(options.get('status') ?? 200);
    if (status !== 200) {
      response.writeHead(status).end('no');
      return;
    }
    const whole = files[file] ?? contents(Number(options.get('size') ?? 1000), Number(options.get('version') ?? 0));
    if (options.get('tag') !== 'no') response.setHeader('etag', `"v${options.get('version') ?? 0}"`);
    const from = options.get('ranges') === 'no' ? 0 : Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    if (from > 0) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${from}-${whole.length - 1}/${whole.length}`);
    }
    const body = whole.subarray(from);
    if (options.get('length') !== 'no') response.setHeader('content-length', body.length);
    const left = breaks.get(file) ?? Number(options.get('breaks') ?? 0);
    const half = body.subarray(0, Math.ceil(body.length / 2));
    if (left > 0) {
      breaks.set(file, left - 1);
      response.write(half, () => setTimeout(() => response.destroy(), 50));
    } else if (options.has('slow')) {
      response.write(half);
      setTimeout(() => response.end(body.subarray(half.length)), Number(options.get('slow')));
    } else {
      response.write(half);
      response.end(body.subarray(half.length));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: (file) => log.filter((each) => each.file === file),
    become: (file, options) => changed.set(file, options),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
