/**
 * The run in hand, kept in the browser as it goes, so that a reload or a crash loses little. Knows no page; where the
 * browser stores nothing, nothing is kept and nothing is said.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { io } from '../../src/index.ts';
import type { RunStore } from '../shared/run-store.ts';
import { snapshotOf, type Snapshot } from '../shared/task.ts';
import type { MlpConfig } from './config.ts';
import { settingsIn } from './model-file.ts';

const EVERY_MS = 5000;
const FILE = 'run.safetensors';

export interface Checkpoint extends Snapshot {
  readonly epoch: number;
  readonly config: Partial<MlpConfig>;
}

export interface Checkpoints {
  /** What an earlier visit left; null once it is taken or refused. */
  readonly left: ReadonlySignal<Checkpoint | null>;
  readonly forget: () => void;
}

/** @param wanted whether what was left is of the page as it was opened */
export function keepCheckpoints(run: RunStore, wanted: (saved: Partial<MlpConfig>) => boolean): Checkpoints {
  const left = signal<Checkpoint | null>(null);
  const store = io.browserStorage('mlp-lab');
  let newest: Uint8Array | null = null;
  let writing = false;
  run.session.subscribe((event) => {
    if (event.type === 'reset') newest = null;
    if (event.type === 'scores' && event.step > 0) newest = event.at.checkpoint;
  });

  const save = async (): Promise<void> => {
    if (!newest || writing || left.peek()) return;
    const bytes = newest;
    newest = null;
    writing = true;
    try {
      await store.save(FILE, bytes);
    } catch {
      // No room or no store: the next time may do.
    }
    writing = false;
  };

  const recall = async (): Promise<void> => {
    const bytes = await store.load(FILE);
    if (!bytes) return;
    const snapshot = snapshotOf(bytes);
    const { epoch, notes } = io.checkpointProgress(bytes).extra as { epoch: number; notes: string };
    const config = settingsIn(notes);
    if (snapshot.step > 0 && wanted(config)) left.value = { ...snapshot, epoch, config };
  };
  // A store that is not there, or a file of an older lab.
  void recall().catch(() => undefined);
  setInterval(() => void save(), EVERY_MS);
  return { left, forget: () => (left.value = null) };
}
