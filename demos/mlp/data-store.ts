/**
 * Data and models that come from outside: downloads and files, told apart by what they are. A file that cannot be used
 * says why and changes nothing: what is trained goes on. Knows no page.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { data } from '../../src/index.ts';
import type { MlpConfig } from './config.ts';
import { fetchMnist, sortDigitFiles } from './digit-files.ts';
import type { DigitFiles } from './examples.ts';
import type { TaskOptions } from './recipe.ts';
import type { OwnTable } from './table-data.ts';

export interface DataStore {
  /** Bytes of MNIST that have arrived while it is downloaded. */
  readonly loaded: ReadonlySignal<number | null>;
  readonly table: ReadonlySignal<OwnTable | null>;
  /** What the reader's own digits are called. */
  readonly digitsName: ReadonlySignal<string | null>;
  /** Downloads MNIST if need be, and then trains on it. */
  readonly useMnist: () => Promise<void>;
  readonly stop: () => void;
  /** Files dropped or chosen, of whatever kind. */
  readonly open: (files: readonly File[]) => void;
  /** What a task of this configuration needs. */
  readonly optionsFor: (config: MlpConfig) => Promise<TaskOptions>;
}

export interface DataHooks {
  readonly onData: (patch: Partial<MlpConfig>) => void;
  readonly onModel: (bytes: Uint8Array) => Promise<void>;
  readonly report: (title: string, error: unknown) => void;
  readonly dismiss: () => void;
}

export function createDataStore({ onData, onModel, report, dismiss }: DataHooks): DataStore {
  const loaded = signal<number | null>(null);
  const table = signal<OwnTable | null>(null);
  const own = signal<{ readonly name: string; readonly files: DigitFiles } | null>(null);
  const digitsName = signal<string | null>(null);
  let mnist: DigitFiles | null = null;
  let controller = new AbortController();

  const loadMnist = async (): Promise<DigitFiles> => {
    if (mnist) return mnist;
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    loaded.value = 0;
    try {
      return (mnist = await fetchMnist((bytes) => (loaded.value = bytes), signal));
    } finally {
      loaded.value = null;
    }
  };

  const openFiles = async (files: readonly File[]): Promise<void> => {
    const [first] = files;
    if (!first) return;
    const kind = await kindOf(first);
    if (kind === 'model') return onModel(new Uint8Array(await first.arrayBuffer()));
    if (kind === 'digits') {
      const sorted = await sortDigitFiles(files);
      own.value = { name: first.name.replace(/\.gz$/, ''), files: sorted };
      digitsName.value = `Own files (${own.value.name})`;
      onData({ mode: 'digits', source: 'files' });
      return;
    }
    if (files.length > 1) throw new Error(`${files.length} files were given. A table is one CSV file.`);
    const read = { name: first.name, table: await data.readCsv(first) };
    const before = table.value;
    table.value = read;
    try {
      onData({ mode: 'table', target: -1, columns: [] });
    } catch (error) {
      table.value = before;
      throw error;
    }
  };

  return {
    loaded,
    table,
    digitsName,
    stop: () => controller.abort(),
    async useMnist() {
      dismiss();
      try {
        await loadMnist();
        onData({ mode: 'digits', source: 'mnist' });
      } catch (error) {
        if (!controller.signal.aborted) report('MNIST could not be had', error);
      }
    },
    open(files) {
      dismiss();
      const names = files.map(({ name }) => name).join(', ');
      void openFiles(files).catch((error: unknown) => report(`${names} was not taken; the training goes on`, error));
    },
    async optionsFor({ mode, source }) {
      if (mode === 'table') return table.value ? { table: table.value } : {};
      if (mode !== 'digits' || source === 'generated') return {};
      if (source === 'mnist') return { files: await loadMnist() };
      if (!own.value)
        throw new Error('The link is about digits of somebody’s own. Drop their four IDX files on the page.');
      return { files: own.value.files };
    },
  };
}

/** By its first bytes, and its name where they say nothing. */
async function kindOf(file: File): Promise<'model' | 'digits' | 'table'> {
  if (/\.safetensors$/i.test(file.name)) return 'model';
  if (/ubyte|idx\d/i.test(file.name)) return 'digits';
  const head = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  return head[0] === 0 && head[1] === 0 && (head[2] ?? 0) >= 8 ? 'digits' : 'table';
}
