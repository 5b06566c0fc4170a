/**
 * Named files in the browser, for checkpoints and results: kept over reloads, replaced whole or not at all.
 */
import { isQuotaError, openFolder, roomLeft, type Folder, type StoredFile } from './opfs.ts';

export interface BrowserStorage {
  /**
   * Writes a file. A file of that name is replaced when all is written; until then it stays as it was.
   *
   * @throws Error where there is no room, or nothing can be stored here; then nothing has changed.
   */
  save(file: string, bytes: Uint8Array): Promise<void>;
  /** The bytes of a file, or null where there is none of that name. */
  load(file: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** All files, by name. */
  list(): Promise<StoredFile[]>;
  /** False where there was no such file. */
  delete(file: string): Promise<boolean>;
}

/**
 * A store of files in this browser (the origin private file system). Ask `navigator.storage.persist()` where the
 * browser must not clear it when the disk gets full.
 *
 * @param name of the store; letters, digits, `-`, `_` and `.`
 * @throws Error, also from each method, where the browser stores nothing: no https, a private window, Node.
 */
export function browserStorage(name: string): BrowserStorage {
  checkName('store', name);
  let opened: Promise<Folder> | null = null;
  const folder = (): Promise<Folder> => {
    opened ??= openFolder(`wgrad-store-${name}`).catch((cause: unknown) => {
      opened = null;
      throw fault(
        `"${name}" cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
        'Offer the file as a download instead.',
        cause,
      );
    });
    return opened;
  };
  return {
    async save(file, bytes) {
      checkName('file', file);
      const to = await folder();
      const full = (cause?: unknown): Error =>
        fault(
          `no room for "${file}" of ${bytes.length} bytes`,
          'Delete other files of this site, or offer the file as a download.',
          cause,
        );
      if (bytes.length > (await roomLeft())) throw full();
      await to.write(file, bytes).catch((cause: unknown) => {
        if (isQuotaError(cause)) throw full(cause);
        throw fault(
          `"${file}" could not be written (${String(cause)})`,
          'What was stored before is still there; try again.',
          cause,
        );
      });
    },
    async load(file) {
      checkName('file', file);
      return (await folder()).read(file);
    },
    list: async () => (await folder()).files(),
    async delete(file) {
      checkName('file', file);
      return (await folder()).remove(file);
    },
  };
}

function fault(what: string, remedy: string, cause?: unknown): Error {
  return new Error(`browserStorage: ${what}. ${remedy}`, { cause });
}

function checkName(what: string, name: string): void {
  if (/^[\w.-]{1,100}$/.test(name) && !/^\.+$/.test(name)) return;
  throw new Error(
    `browserStorage: ${JSON.stringify(name)} is no name of a ${what}. Use up to 100 letters, digits, "-", "_" and ".".`,
  );
}
