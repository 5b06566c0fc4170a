/** The encoder that a reader brought, from files or by download. One that cannot be used says why and changes nothing. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { downloadEncoder, folderOf } from './encoder-download.ts';
import { isEncoder, readEncoder, type Encoder, type EncoderParts } from './encoder.ts';

export interface EncoderStore {
  readonly encoder: ReadonlySignal<Encoder | null>;
  /** Of the weights, while they are downloaded. */
  readonly progress: ReadonlySignal<{ readonly loaded: number; readonly total: number | null } | null>;
  readonly download: (address: string) => void;
  readonly stop: () => void;
  /** Takes the files if they are an encoder; false if they are something else. */
  readonly open: (files: readonly File[]) => Promise<boolean>;
}

export interface EncoderHooks {
  /** @throws Error where it cannot be trained: then the one before stays. */
  readonly onEncoder: (encoder: Encoder) => void;
  readonly report: (title: string, error: unknown) => void;
  readonly dismiss: () => void;
}

export function createEncoderStore({ onEncoder, report, dismiss }: EncoderHooks): EncoderStore {
  const encoder = signal<Encoder | null>(null);
  const progress = signal<{ loaded: number; total: number | null } | null>(null);
  let controller = new AbortController();

  const take = async (name: string, parts: EncoderParts): Promise<void> => {
    const before = encoder.peek();
    encoder.value = await readEncoder(name, parts);
    try {
      onEncoder(encoder.value);
    } catch (error) {
      encoder.value = before;
      throw error;
    }
  };

  const fetchOne = async (address: string, { signal }: AbortController): Promise<void> => {
    const folder = folderOf(address);
    progress.value = { loaded: 0, total: null };
    try {
      const tell = (now: { loaded: number; total: number | null }): void => {
        if (!signal.aborted) progress.value = now;
      };
      const parts = await downloadEncoder(folder, tell, signal);
      if (!signal.aborted) await take(folder.name, parts);
    } finally {
      if (!signal.aborted) progress.value = null;
    }
  };

  const stop = (): void => {
    controller.abort();
    progress.value = null;
  };

  return {
    encoder,
    progress,
    stop,
    download(address) {
      stop();
      dismiss();
      const mine = (controller = new AbortController());
      fetchOne(address, mine).catch((error: unknown) => {
        if (!mine.signal.aborted) report('The encoder could not be had; the training goes on', error);
      });
    },
    async open(files) {
      const weights = files.find(({ name }) => /\.safetensors$/i.test(name));
      if (!weights) return false;
      const textOf = (pattern: RegExp): Promise<string> | undefined =>
        files.find(({ name }) => pattern.test(name))?.text();
      const vocabulary = await (textOf(/vocab.*\.txt$/i) ?? textOf(/^tokenizer(?!_).*\.json$/i));
      const bytes = new Uint8Array(await weights.arrayBuffer());
      if (!isEncoder(bytes, vocabulary !== undefined)) return false;
      await take(weights.name, { weights: bytes, vocabulary, config: await textOf(/^config.*\.json$/i) });
      return true;
    },
  };
}
