/**
 * The run in hand, kept in the browser as it goes, so that a reload or a crash loses little. Knows no page; where the
 * browser stores nothing, nothing is kept and nothing is said.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { io } from '../../src/index.ts';
import type { RunStore } from '../shared/run-store.ts';
import type { MlpConfig } from './config.ts';
import { readModel, writeModel } from './model-file.ts';

const EVERY_MS = 5000;
const FILE = 'run.safetensors';

export interface Checkpoint {
  readonly step: number;
  readonly bytes: Uint8Array;
}

export interface Checkpoints {
  /** What an earlier visit left; null once it is taken or refused. */
  readonly left: ReadonlySignal<Checkpoint | null>;
  readonly forget: () => void;
}

/** @param wanted whether what was left is of the page as it was opened */
export function keepCheckpoints(
  run: RunStore,
  config: ReadonlySignal<MlpConfig>,
  wanted: (saved: Partial<MlpConfig>) => boolean,
): Checkpoints {
  const left = signal<Checkpoint | null>(null);
  const store = io.browserStorage('mlp-lab');
  let kept = 0;
  let writing = false;

  const save = async (): Promise<void> => {
    const task = run.task.peek();
    const { step, epoch } = run.progress.peek();
    if (!task || writing || left.peek() || run.state.peek() !== 'playing' || step === kept) return;
    writing = true;
    kept = step;
    try {
      await store.save(FILE, await writeModel(task, config.peek(), { step, epoch }));
    } catch {
      // No room, no store, or a device that was lost: the next time may do.
    }
    writing = false;
  };

  const recall = async (): Promise<void> => {
    const bytes = await store.load(FILE);
    if (!bytes) return;
    const { saved } = readModel(bytes);
    if (saved && saved.step > 0 && wanted(saved.config)) left.value = { step: saved.step, bytes };
  };
  // A store that is not there, or a file of an older lab.
  void recall().catch(() => undefined);
  setInterval(() => void save(), EVERY_MS);
  return { left, forget: () => (left.value = null) };
}
