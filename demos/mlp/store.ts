/** The state of the MLP lab: the shared lab, with this lab's configuration, its modes, and data from outside. */
import { createLabStore, type LabStore } from '../shared/lab-store.ts';
import { LOOKS, STEPS_PER_FRAME, canTakeOver, schema, type MlpConfig } from './config.ts';
import { createDataStore, type DataStore } from './data-store.ts';
import { forgetDigits } from './examples.ts';
import { forgetNeuronGrid } from './neurons-probe.ts';
import { forgetGrid } from './plane-probe.ts';
import { presetsOf } from './presets.ts';
import { isMlpTask, makeTask } from './recipe.ts';
import { prepareTable } from './table-data.ts';

export interface MlpStore extends LabStore<MlpConfig> {
  /** The other mode, as it was left or as its first preset has it. */
  readonly switchMode: (mode: MlpConfig['mode']) => void;
  /** Data and files from outside. */
  readonly files: DataStore;
}

export function createMlpStore(): MlpStore {
  const left = new Map<MlpConfig['mode'], MlpConfig>();
  const files = createDataStore({
    onData: (patch) => lab.useData(patch),
    onModel: (bytes) => lab.loadModel(bytes),
    report: (title, error) => lab.report(title, error),
    dismiss: () => lab.dismiss(),
  });

  const lab: LabStore<MlpConfig> = createLabStore<MlpConfig>({
    name: 'mlp',
    schema,
    looks: LOOKS,
    canTakeOver,
    stepsPerFrame: ({ pace }) => STEPS_PER_FRAME[pace],
    makeTask: async (config) => makeTask(config, await files.optionsFor(config)),
    adapt(task, config, optimizer) {
      if (isMlpTask(task)) task.adapt(config, optimizer);
    },
    isReady: ({ mode }) => mode !== 'table' || files.table.value !== null,
    check(config) {
      if (config.mode === 'table' && files.table.value) prepareTable(files.table.value, config);
    },
    instead: ({ source }) =>
      source === 'generated'
        ? null
        : { patch: { source: 'generated' }, title: 'The data could not be had: these are generated digits' },
    forget() {
      forgetDigits();
      forgetGrid();
      forgetNeuronGrid();
    },
  });

  return {
    ...lab,
    files,
    switchMode(mode) {
      const config = lab.config.value;
      const { showTest, panel, seed } = config;
      left.set(config.mode, config);
      const first = { ...config, ...presetsOf(mode)[0]?.config, mode };
      lab.change({ ...(left.get(mode) ?? first), showTest, panel, seed });
    },
  };
}
