/**
 * The run in hand, kept in the browser as it goes, so that a reload or a crash loses little. Knows no page; where the
 * browser stores nothing, nothing is kept and nothing is said.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { io } from '../../src/index.ts';
import type { RunStore } from './run-store.ts';
import { snapshotOf, type Snapshot } from './task.ts';

const EVERY_MS = 5000;
const FILE = 'run.safetensors';

export interface Checkpoint<C> extends Snapshot {
  readonly epoch: number;
  readonly config: Partial<C>;
}

export interface Checkpoints<C> {
  /** What an earlier visit left; null once it is taken or refused. */
  readonly left: ReadonlySignal<Checkpoint<C> | null>;
  readonly forget: () => void;
}

/**
 * @param folder in the browser's store
 * @param settingsIn what a task's notes say of its configuration
 * @param wanted whether what was left is of the page as it was opened
 */
export function keepCheckpoints<C>(
  run: RunStore,
  folder: string,
  settingsIn: (notes: string) => Partial<C>,
  wanted: (saved: Partial<C>) => boolean,
): Checkpoints<C> {
  const left = signal<Checkpoint<C> | null>(null);
  const store = io.browserStorage(folder);
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
