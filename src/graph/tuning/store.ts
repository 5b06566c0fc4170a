/**
 * Where tables of measurements are remembered: IndexedDB in browsers and workers, a file in Node.
 *
 * Remembering is a help and no more. Where it cannot be done (a private window, a full disk) all is measured again.
 */
export interface TuningStore {
  /** What was kept under a name; null where nothing was or it cannot be read. */
  read(name: string): Promise<unknown>;
  write(name: string, value: object): Promise<void>;
}

const DATABASE = 'wgrad-tuning';
const TABLES = 'tables';

/** Milliseconds after which a database that does not answer is given up: no engine waits for it. */
const PATIENCE = 500;

/** Null where the host has no IndexedDB. */
export function databaseStore(): TuningStore | null {
  if (!hasDatabase()) return null;
  const ask = async <T>(mode: IDBTransactionMode, work: (tables: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(TABLES));
    const database = await settled(opening);
    try {
      return await settled(work(database.transaction(TABLES, mode).objectStore(TABLES)));
    } finally {
      database.close();
    }
  };
  return {
    read: (name) => soon(ask('readonly', (tables) => tables.get(name) as IDBRequest<unknown>)),
    write: async (name, value) => void (await soon(ask('readwrite', (tables) => tables.put(value, name)))),
  };
}

function hasDatabase(): boolean {
  try {
    return typeof indexedDB !== 'undefined';
  } catch {
    // Where nothing may be stored the name alone may throw.
    return false;
  }
}

/** Null where it fails, or takes too long. */
function soon(answer: Promise<unknown>): Promise<unknown> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE));
  return Promise.race([answer.catch(() => null), late]);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB: the request failed.')));
  });
}

interface Files {
  readFile(path: string, encoding: 'utf8'): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

/**
 * A JSON file with a table for each adapter.
 *
 * @throws Error outside Node
 */
export function fileStore(path: string): TuningStore {
  // Asked for at run time, so that no bundler looks for a module that browsers do not have.
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const files = process?.getBuiltinModule?.('node:fs/promises') as Files | undefined;
  if (!files)
    throw new Error(
      `init: tuning.file is ${JSON.stringify(path)}, and only Node (20.16 or later) has files. Leave it away: browsers remember by themselves.`,
    );
  const all = async (): Promise<Record<string, unknown>> => {
    const value: unknown = JSON.parse(await files.readFile(path, 'utf8').catch(() => '{}'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  };
  return {
    read: async (name) => (await all().catch((): Record<string, unknown> => ({})))[name] ?? null,
    write: async (name, value) => {
      const kept = await all().catch(() => ({}));
      const text = `${JSON.stringify({ ...kept, [name]: value }, null, 2)}\n`;
      // Whole or not at all.
      await files.writeFile(`${path}.part`, text).then(
        () => files.rename(`${path}.part`, path),
        () => undefined,
      );
    },
  };
}
