/**
 * Folders of the origin private file system: files that a page keeps on the user's disk, that no other site sees.
 *
 * A file is written under another name and then moved, so that a page that is closed half-way loses nothing.
 *
 * Source: https://fs.spec.whatwg.org
 */
export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  /** When it was last written. */
  readonly modified: Date;
}

/** Not yet in the DOM's types, though all browsers have it in this file system. */
interface Movable extends FileSystemFileHandle {
  move(name: string): Promise<void>;
}

/** What a file is called while it is written. */
const DRAFT = '~';

export class Folder {
  private readonly handle: FileSystemDirectoryHandle;

  constructor(handle: FileSystemDirectoryHandle) {
    this.handle = handle;
  }

  async folder(name: string): Promise<Folder> {
    return new Folder(await this.handle.getDirectoryHandle(name, { create: true }));
  }

  /** Null where there is none. */
  async read(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const file = await this.file(name);
    return file && new Uint8Array(await file.arrayBuffer());
  }

  /** Rejects with a DOMException `QuotaExceededError` where the disk or the origin's share of it is full. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const handle = (await this.handle.getFileHandle(DRAFT + name, { create: true })) as Movable;
    const stream = await handle.createWritable();
    try {
      await stream.write(bytes as Uint8Array<ArrayBuffer>);
      await stream.close();
      await handle.move(name);
    } catch (error) {
      await stream.abort().catch(() => undefined);
      await this.remove(DRAFT + name).catch(() => false);
      throw error;
    }
  }

  async files(): Promise<StoredFile[]> {
    const found: StoredFile[] = [];
    for await (const [name, handle] of this.handle.entries()) {
      if (handle.kind !== 'file' || name.startsWith(DRAFT)) continue;
      const { size, lastModified } = await handle.getFile();
      found.push({ name, bytes: size, modified: new Date(lastModified) });
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async folders(): Promise<string[]> {
    const found: string[] = [];
    for await (const [name, { kind }] of this.handle.entries()) if (kind === 'directory') found.push(name);
    return found.sort();
  }

  /** Removes a file, or a folder with all in it. False where there is none. */
  async remove(name: string): Promise<boolean> {
    return absentAs(
      this.handle.removeEntry(name, { recursive: true }).then(() => true),
      false,
    );
  }

  private async file(name: string): Promise<File | null> {
    return absentAs(
      this.handle.getFileHandle(name).then((handle) => handle.getFile()),
      null,
    );
  }
}

/** A folder at the top of the file system, made if need be. Rejects with why there can be none. */
export async function openFolder(name: string): Promise<Folder> {
  const storage = (globalThis as { navigator?: { storage?: Partial<StorageManager> } }).navigator?.storage;
  if (!storage?.getDirectory)
    throw new Error('this host has no private file system, or the page is not served over https');
  const { prototype } = FileSystemFileHandle;
  if (!('createWritable' in prototype && 'move' in prototype))
    throw new Error('this browser cannot write private files');
  const root = await storage.getDirectory().catch((cause: unknown) => {
    throw new Error(`the browser refuses private files, as in a private window (${String(cause)})`, { cause });
  });
  return new Folder(root).folder(name);
}

/** Bytes that the origin may still store; Infinity where the host does not say. */
export async function roomLeft(): Promise<number> {
  const { quota = Infinity, usage = 0 } = (await navigator.storage.estimate?.()) ?? {};
  return quota - usage;
}

export function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

async function absentAs<T, U>(promise: Promise<T>, value: U): Promise<T | U> {
  return promise.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'NotFoundError') return value;
    throw error;
  });
}
