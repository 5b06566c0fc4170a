/** The state of the CNN lab: the shared lab, with this lab's configuration, files and pictures. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { createLabStore, type LabStore } from '../shared/lab-store.ts';
import { LOOKS, STEPS_PER_FRAME, canTakeOver, schema, type CnnConfig } from './config.ts';
import { cifarFilesOf, type CifarFiles } from './cifar-files.ts';
import { pixelsOf } from './photo.ts';
import { isCnnTask, makeTask } from './recipe.ts';

export interface CnnStore extends LabStore<CnnConfig> {
  /** A picture that was dropped on the page, [3 * size * size] from 0 to 1; null before. */
  readonly photo: ReadonlySignal<Float32Array | null>;
  /** Why files could not be used. */
  readonly problem: ReadonlySignal<string | null>;
  readonly open: (files: readonly File[]) => void;
  readonly dismiss: () => void;
  /** Puts the dropped picture away. */
  readonly forget: () => void;
}

export function createCnnStore(): CnnStore {
  const photo = signal<Float32Array | null>(null);
  const problem = signal<string | null>(null);
  let files: CifarFiles | null = null;

  const lab = createLabStore({
    schema,
    looks: LOOKS,
    canTakeOver,
    stepsPerFrame: ({ pace }) => STEPS_PER_FRAME[pace],
    makeTask: (config) => Promise.resolve(makeTask(config, config.source === 'files' && files ? { files } : {})),
    adapt(task, config, optimizer) {
      if (isCnnTask(task)) task.adapt(config, optimizer);
    },
  });

  const openAll = async (given: readonly File[]): Promise<void> => {
    const picture = given.find(({ type }) => type.startsWith('image/'));
    if (picture) {
      photo.value = await pixelsOf(picture, 32);
      lab.change({ view: 'looks' });
      return;
    }
    files = await cifarFilesOf(given);
    lab.change({ source: 'files' });
    lab.reset();
  };

  return {
    ...lab,
    photo,
    problem,
    open(given) {
      problem.value = null;
      openAll(given).catch((error: unknown) => {
        problem.value = error instanceof Error ? error.message : String(error);
      });
    },
    dismiss() {
      problem.value = null;
    },
    forget() {
      photo.value = null;
    },
  };
}
