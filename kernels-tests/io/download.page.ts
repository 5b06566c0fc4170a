/** What download.test.ts does in the browser: downloads from another origin, with the browser's storage as it is. */
import { data, init, io } from '../../src/index.ts';
import { contents } from './flaky-server-contents.ts';

export interface Got {
  /** Bytes that differ from the file's. */
  wrong: number;
  length: number;
  from: string;
  cached: boolean;
  notCached: string;
  /** Bytes loaded at each report, and the last total. */
  loaded: number[];
  total: number | null;
  error: string;
}

type Options = Omit<io.DownloadOptions, 'signal' | 'onProgress'> & {
  size?: number;
  version?: number;
  /** Abort when so many bytes have come. */
  abortAt?: number;
};

export async function get(
  url: string,
  { size = 1000, version = 0, abortAt = Infinity, ...options }: Options,
): Promise<Got> {
  const abort = new AbortController();
  const got: Got = { wrong: 0, length: 0, from: '', cached: false, notCached: '', loaded: [], total: null, error: '' };
  try {
    const { bytes, ...rest } = await io.download(url, {
      ...options,
      signal: abort.signal,
      onProgress({ loaded, total }) {
        got.loaded.push(loaded);
        got.total = total;
        if (loaded >= abortAt) abort.abort(new Error('enough'));
      },
    });
    Object.assign(got, rest);
    const expected = contents(size, version);
    got.length = bytes.length;
    got.wrong = bytes.reduce((count, byte, i) => count + Number(byte !== expected[i]), 0);
  } catch (error) {
    got.error = (error as Error).message;
  }
  return got;
}

export function list(): Promise<io.CachedFile[]> {
  return io.cache.list();
}

export function forget(url: string): Promise<boolean> {
  return io.cache.delete(url);
}

/** The browser refuses storage, as in a private window. */
export function deny(): void {
  navigator.storage.getDirectory = () => Promise.reject(new DOMException('not here', 'SecurityError'));
}

/** A browser that has no such storage. */
export function lack(): void {
  Object.defineProperty(navigator, 'storage', { value: undefined });
}

/** Spoils the kept file of an address. */
export async function spoil(size: number): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const [, folder] of (await root.getDirectoryHandle('wgrad-downloads')).entries()) {
    if (folder.kind !== 'directory') continue;
    const handle = await folder.getFileHandle('data').catch(() => null);
    if (!handle || (await handle.getFile()).size !== size) continue;
    const stream = await handle.createWritable();
    await stream.write(new Uint8Array(size));
    await stream.close();
  }
}

/** What loading MNIST from a folder of the web says, and how long the set is. */
export async function mnist(baseUrl: string, split: 'train' | 'test'): Promise<string> {
  await init();
  return data.mnist({ baseUrl, split, download: { cache: false, retries: 0 } }).then(
    ({ length }) => `${length} examples`,
    (error: Error) => error.message,
  );
}
