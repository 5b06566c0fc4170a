/** The state of the CNN lab: the shared lab, with this lab's configuration, files and pictures. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { createLabStore, type LabStore } from '../shared/lab-store.ts';
import { STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { IMAGE_VIEWS, LOOKS, canTakeOver, schema, type CnnConfig } from './config.ts';
import { FORGOTTEN, cifarFilesOf, type CifarFiles } from './cifar-files.ts';
import { pixelsOf } from './photo.ts';
import { isCnnTask, makeTask } from './recipe.ts';

export interface CnnStore extends LabStore<CnnConfig> {
  /** A picture that was dropped on the page, [3 * size * size] from 0 to 1; null before. */
  readonly photo: ReadonlySignal<Float32Array | null>;
  /** Files dropped or chosen: CIFAR-10's, a model, or a picture. */
  readonly open: (files: readonly File[]) => void;
  /** Puts the dropped picture away. */
  readonly forget: () => void;
}

export function createCnnStore(): CnnStore {
  const photo = signal<Float32Array | null>(null);
  let files: CifarFiles | null = null;

  const lab = createLabStore<CnnConfig>({
    name: 'cnn',
    schema,
    looks: LOOKS,
    canTakeOver,
    stepsPerFrame: ({ pace }) => STEPS_PER_FRAME[pace],
    makeTask: async (config) => {
      if (config.source !== 'files') return makeTask(config);
      if (!files) throw new Error(FORGOTTEN);
      return makeTask(config, { files });
    },
    instead: ({ source }) =>
      source === 'files' ? { patch: { source: 'generated' }, title: 'These are generated shapes, not CIFAR-10' } : null,
    adapt(task, config, optimizer) {
      if (isCnnTask(task)) task.adapt(config, optimizer);
    },
  });

  const openAll = async (given: readonly File[]): Promise<void> => {
    const picture = given.find(({ type }) => type.startsWith('image/'));
    if (picture) {
      photo.value = await pixelsOf(picture, 32);
      if (!IMAGE_VIEWS.includes(lab.config.value.view)) lab.change({ view: 'looks' });
      return;
    }
    const model = given.find(({ name }) => /\.safetensors$/i.test(name));
    if (model) return lab.loadModel(new Uint8Array(await model.arrayBuffer()));
    files = await cifarFilesOf(given, ', or a picture');
    lab.useData({ source: 'files' });
  };

  return {
    ...lab,
    photo,
    open(given) {
      lab.dismiss();
      openAll(given).catch((error: unknown) => lab.report('The files were not used; the training goes on', error));
    },
    forget() {
      photo.value = null;
    },
  };
}
