/**
 * Downloads of whole files: checked, kept in the browser, and continued where they broke off.
 *
 * Source of the rules for continuing: RFC 9110, sections 13 and 14.
 */
import { absolute, CacheEntry, sha256, type Part, type Version } from './download-cache.ts';
import { isQuotaError } from './opfs.ts';

export interface DownloadOptions {
  /** SHA-256 of the file in hexadecimal; other bytes are refused. Needs https or localhost. */
  sha256?: string;
  /** Called as bytes arrive, those of an earlier attempt among them. `total` is null where the server does not say. */
  onProgress?: (progress: { loaded: number; total: number | null }) => void;
  /** Keep the file in this browser. `required` makes it an error where that cannot be. Default true. */
  cache?: boolean | 'required';
  /** What has arrived by then is kept, and the next download continues from there. */
  signal?: AbortSignal;
  /** How often to go on after the connection broke off. Default 2. */
  retries?: number;
}

export interface Download {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `resumed`: over more than one connection, now or on an earlier attempt. */
  readonly from: 'cache' | 'network' | 'resumed';
  /** Whether the next download of it will find it in this browser. */
  readonly cached: boolean;
  /** Why it will not. */
  readonly notCached?: string;
}

/** Pieces of this size are put aside while a download runs. */
const PIECE = 4 * 2 ** 20;

/**
 * Downloads a file, or takes it from this browser where an earlier download left it. Without `sha256` the kept file is
 * taken for the present one: give addresses that name a version.
 *
 * @throws Error where the server refuses or cannot be reached, the connection keeps breaking off, or the bytes are not
 *   those of `sha256`; and what `signal` gives when it aborts.
 */
export async function download(url: string, options: DownloadOptions = {}): Promise<Download> {
  const { cache = true, signal, retries = 2 } = options;
  const address = absolute(url);
  const wanted = options.sha256?.toLowerCase();
  checkHash(wanted);
  signal?.throwIfAborted();
  const { entry, kept, part, notCached } = await openCache(address, cache);
  if (kept && (!wanted || (await sha256(kept)) === wanted)) {
    options.onProgress?.({ loaded: kept.length, total: kept.length });
    return { bytes: kept, from: 'cache', cached: true };
  }
  const transfer = new Transfer(address, entry, part, options);
  let resumed = await transfer.complete(retries);
  let bytes = transfer.join();
  let found = wanted && (await sha256(bytes));
  if (found !== wanted && resumed) {
    // The beginning may have been of another version.
    await transfer.restart();
    resumed = await transfer.complete(retries);
    bytes = transfer.join();
    found = wanted && (await sha256(bytes));
  }
  if (found !== wanted) {
    await entry?.remove();
    throw new Error(
      `download: ${address} gave ${bytes.length} bytes with SHA-256 ${found}, and not ${wanted}. The file has changed or is damaged; check the address, or pin the new sum.`,
    );
  }
  const problem = entry ? await entry.store(bytes).then(() => undefined, messageOf) : notCached;
  if (problem !== undefined && cache === 'required') throw cannotCache(address, problem);
  const from = resumed ? 'resumed' : 'network';
  return problem === undefined ? { bytes, from, cached: true } : { bytes, from, cached: false, notCached: problem };
}

function checkHash(hash: string | undefined): void {
  if (hash === undefined) return;
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new Error(`download: sha256 must be 64 hexadecimal digits, got ${JSON.stringify(hash)}.`);
  if (!(globalThis as { crypto?: Partial<Crypto> }).crypto?.subtle)
    throw new Error('download: sha256 cannot be checked here. Serve the page over https or from localhost.');
}

interface Found {
  readonly entry: CacheEntry | null;
  readonly kept?: Uint8Array<ArrayBuffer> | null;
  readonly part?: Part | null;
  readonly notCached: string;
}

async function openCache(url: string, cache: DownloadOptions['cache']): Promise<Found> {
  if (cache === false) return { entry: null, notCached: 'cache is false' };
  try {
    const entry = await CacheEntry.open(url);
    return { entry, kept: await entry.load(), part: await entry.loadPart(), notCached: '' };
  } catch (error) {
    if (cache === 'required') throw cannotCache(url, messageOf(error));
    return { entry: null, notCached: messageOf(error) };
  }
}

function cannotCache(url: string, why: string): Error {
  return new Error(
    `download: ${url} cannot be kept: ${why}. Make room or allow storage, or pass cache: true to go without.`,
  );
}

function messageOf(error: unknown): string {
  if (isQuotaError(error)) return "this site's share of the disk is full";
  return error instanceof Error ? error.message : String(error);
}

/** The bytes of one file as they arrive, over as many connections as it takes. */
class Transfer {
  private readonly url: string;
  private readonly entry: CacheEntry | null;
  private readonly options: DownloadOptions;
  private pieces: Uint8Array<ArrayBuffer>[] = [];
  private loaded = 0;
  /** How many of the pieces the cache has, and their bytes. */
  private keptPieces = 0;
  private kept = 0;
  private version: Version = { total: null, tag: '' };

  constructor(url: string, entry: CacheEntry | null, part: Part | null | undefined, options: DownloadOptions) {
    this.url = url;
    this.entry = entry;
    this.options = options;
    if (!part) return;
    this.pieces = part.pieces;
    this.keptPieces = part.pieces.length;
    this.loaded = this.kept = part.pieces.reduce((sum, { length }) => sum + length, 0);
    this.version = part.version;
  }

  async restart(): Promise<void> {
    this.pieces = [];
    this.loaded = this.kept = this.keptPieces = 0;
    await this.entry?.remove();
  }

  /** Connects until all is there. Whether any of it had been there before. */
  async complete(retries: number): Promise<boolean> {
    let resumed = false;
    for (let attempt = 0; ; attempt++) {
      if (this.loaded > 0 && this.loaded === this.version.total) return true;
      const response = await this.connect();
      resumed = this.loaded > 0;
      try {
        await this.receive(response);
        return resumed;
      } catch (error) {
        await this.putAside().catch(() => undefined);
        this.options.signal?.throwIfAborted();
        if (attempt < retries) {
          await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
          continue;
        }
        throw new Error(
          `download: the connection to ${this.url} broke off at byte ${this.loaded} of ${this.version.total ?? 'unknown'} (${messageOf(error)}). Try again; what has arrived is ${this.entry ? 'kept' : 'lost'}.`,
          { cause: error },
        );
      }
    }
  }

  join(): Uint8Array<ArrayBuffer> {
    return joined(this.pieces);
  }

  /** A response that goes on where the bytes end; where there can be none, of the whole file, and the bytes are dropped. */
  private async connect(): Promise<Response> {
    const rest = await this.connectForRest();
    if (rest) return rest;
    const response = await this.request({}).catch((cause: unknown) => {
      this.options.signal?.throwIfAborted();
      throw new Error(
        `download: ${this.url} cannot be reached (${messageOf(cause)}). Check the connection, and that the server lets pages of other origins read it (CORS).`,
        { cause },
      );
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`download: ${this.url} answers ${response.status} ${response.statusText}. Check the address.`);
    }
    await this.restart();
    const length = Number(response.headers.get('content-length') ?? NaN);
    const encoded = response.headers.has('content-encoding');
    this.version = { total: encoded || Number.isNaN(length) ? null : length, tag: tagOf(response) };
    return response;
  }

  private async connectForRest(): Promise<Response | null> {
    const { tag, total } = this.version;
    if (this.loaded === 0 || (tag === '' && this.options.sha256 === undefined)) return null;
    const response = await this.request({ Range: `bytes=${this.loaded}-` }).catch((error: unknown) => {
      this.options.signal?.throwIfAborted();
      // A server may refuse the header to pages of other origins, and serve the file all the same.
      if (error instanceof TypeError) return null;
      throw error;
    });
    if (!response) return null;
    // Pages of other origins may not see this header.
    const [, start, of] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    const goesOn = response.status === 206 && (start === undefined || Number(start) === this.loaded);
    const sameSize = total === null || of === undefined || of === '*' || Number(of) === total;
    if (goesOn && sameSize && (tag === '' || tagOf(response) === tag)) return response;
    await response.body?.cancel();
    return null;
  }

  private request(headers: Record<string, string>): Promise<Response> {
    const { signal } = this.options;
    // The browser's own cache would keep a second copy.
    return fetch(this.url, { headers, cache: 'no-store', ...(signal ? { signal } : {}) });
  }

  private async receive(response: Response): Promise<void> {
    const { onProgress } = this.options;
    const reader = response.body?.getReader();
    for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
      this.pieces.push(chunk.value);
      this.loaded += chunk.value.length;
      const { total } = this.version;
      onProgress?.({ loaded: this.loaded, total: total !== null && total >= this.loaded ? total : null });
      if (this.loaded - this.kept >= PIECE) await this.putAside().catch(() => undefined);
    }
    const { total } = this.version;
    if (total !== null && this.loaded < total) throw new Error(`${total - this.loaded} bytes are missing`);
  }

  /** Has the cache keep what it has not kept yet. */
  private async putAside(): Promise<void> {
    if (!this.entry || this.loaded === this.kept) return;
    const piece = joined(this.pieces.splice(this.keptPieces));
    this.pieces.push(piece);
    await this.entry.storePiece(this.kept, piece, this.version);
    this.keptPieces = this.pieces.length;
    this.kept = this.loaded;
  }
}

function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first && pieces.length === 1) return first;
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function tagOf({ headers }: Response): string {
  const tag = headers.get('etag') ?? '';
  // A weak tag promises the same meaning, not the same bytes.
  return tag && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? '');
}
