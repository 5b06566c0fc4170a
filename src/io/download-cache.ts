/**
 * What `download` keeps: whole files by their address, and the beginnings of files that broke off.
 *
 * A folder an address. A whole file is `data` with `meta.json`, which is written last; a beginning is pieces named by
 * the byte they start at, with `part.json`. Nothing here asks the network.
 */
import { openFolder, roomLeft, type Folder } from './opfs.ts';

/** What tells one version of a file from another; empty where the server does not say. */
export interface Version {
  readonly total: number | null;
  readonly tag: string;
}

/** The beginning of a file. */
export interface Part {
  readonly pieces: Uint8Array<ArrayBuffer>[];
  readonly version: Version;
}

export interface CachedFile {
  readonly url: string;
  readonly bytes: number;
  /** False for the beginning of a download that broke off. */
  readonly complete: boolean;
}

interface Meta extends Version {
  readonly url: string;
}

const FOLDER = 'wgrad-downloads';

/** The cache's entry of one address. */
export class CacheEntry {
  private readonly url: string;
  private readonly root: Folder;
  private readonly name: string;

  private constructor(url: string, root: Folder, name: string) {
    this.url = url;
    this.root = root;
    this.name = name;
  }

  /** Rejects with why there can be none. */
  static async open(url: string): Promise<CacheEntry> {
    return new CacheEntry(url, await openFolder(FOLDER), await nameOf(url));
  }

  async load(): Promise<Uint8Array<ArrayBuffer> | null> {
    const folder = await this.folder();
    const meta = await readMeta(folder, 'meta.json');
    const data = meta?.url === this.url ? await folder.read('data') : null;
    return data?.length === meta?.total ? data : null;
  }

  /** Keeps a whole file in place of all that was kept of it. */
  async store(bytes: Uint8Array): Promise<void> {
    await this.remove();
    const room = await roomLeft();
    if (bytes.length > room) throw new Error(`the file has ${bytes.length} bytes and there is room for ${room}`);
    try {
      const folder = await this.folder();
      await folder.write('data', bytes);
      await writeMeta(folder, 'meta.json', { url: this.url, total: bytes.length, tag: '' });
    } catch (error) {
      await this.remove();
      throw error;
    }
  }

  async remove(): Promise<boolean> {
    return this.root.remove(this.name);
  }

  /** What has come of the file, and of which version it is. */
  async loadPart(): Promise<Part | null> {
    const folder = await this.folder();
    const version = await readMeta(folder, 'part.json');
    if (version?.url !== this.url) return null;
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; ;) {
      const piece = await folder.read(String(at));
      if (!piece?.length) break;
      pieces.push(piece);
      at += piece.length;
    }
    return pieces.length > 0 ? { pieces, version } : null;
  }

  /** Keeps a piece that starts at byte `at`. */
  async storePiece(at: number, piece: Uint8Array, version: Version): Promise<void> {
    if (at === 0) await this.remove();
    const folder = await this.folder();
    if (at === 0) await writeMeta(folder, 'part.json', { ...version, url: this.url });
    await folder.write(String(at), piece);
  }

  private folder(): Promise<Folder> {
    return this.root.folder(this.name);
  }
}

/** The files that downloads have left in this browser. Rejects where it stores none. */
export const cache = {
  async list(): Promise<CachedFile[]> {
    const root = await openFolder(FOLDER);
    const found: CachedFile[] = [];
    for (const name of await root.folders()) {
      const folder = await root.folder(name);
      const [meta, part] = [await readMeta(folder, 'meta.json'), await readMeta(folder, 'part.json')];
      const bytes = (await folder.files()).reduce(
        (sum, file) => sum + (file.name.endsWith('.json') ? 0 : file.bytes),
        0,
      );
      const url = (meta ?? part)?.url;
      if (url !== undefined) found.push({ url, bytes, complete: meta !== null });
    }
    return found;
  },

  /** Forgets what is kept of an address. False where nothing is. */
  async delete(url: string): Promise<boolean> {
    return (await CacheEntry.open(absolute(url))).remove();
  },
};

/** The address with its origin, as it is kept. */
export function absolute(url: string): string {
  const base = (globalThis as { location?: Location }).location?.href;
  if (URL.canParse(url, base)) return new URL(url, base).href;
  throw new Error(`download: ${JSON.stringify(url)} is no address. Give one such as https://example.org/file.bin.`);
}

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function nameOf(url: string): Promise<string> {
  return sha256(new TextEncoder().encode(url));
}

async function readMeta(folder: Folder, name: string): Promise<Meta | null> {
  const bytes = await folder.read(name);
  try {
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Meta);
  } catch {
    return null;
  }
}

function writeMeta(folder: Folder, name: string, meta: Meta): Promise<void> {
  return folder.write(name, new TextEncoder().encode(JSON.stringify(meta)));
}
