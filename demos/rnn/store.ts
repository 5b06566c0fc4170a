/** The state of the RNN lab: the shared lab, with this lab's configuration, data and looks. */
import { createLabStore, type LabStore } from '../shared/lab-store.ts';
import type { Task } from '../shared/task.ts';
import { LOOKS, STEPS_PER_FRAME, canTakeOver, schema, type RnnConfig } from './config.ts';
import { firstOf } from './lab-presets.ts';
import { createLooks, type Looks } from './looks.ts';
import { isMemoryTask, makeMemoryTask } from './memory-task.ts';
import { createOwnPair, type OwnPairStore } from './own-pair.ts';
import { isRnnTask, makeTask } from './recipe.ts';

export interface RnnStore extends LabStore<RnnConfig> {
  readonly looks: Looks;
  readonly own: OwnPairStore;
  /** Another task, as it was left or as its first preset has it. */
  readonly switchTask: (task: RnnConfig['task']) => void;
}

export function createRnnStore(): RnnStore {
  const left = new Map<RnnConfig['task'], RnnConfig>();
  const lab = createLabStore<RnnConfig, Task>({
    schema,
    looks: LOOKS,
    canTakeOver,
    stepsPerFrame: ({ pace }) => STEPS_PER_FRAME[pace],
    makeTask: (config): Promise<Task> => (config.task === 'memory' ? makeMemoryTask(config) : makeTask(config)),
    adapt(task, config, optimizer) {
      if (isMemoryTask(task) || isRnnTask(task)) task.adapt(config, optimizer);
    },
  });
  return {
    ...lab,
    looks: createLooks(lab.run),
    own: createOwnPair(),
    switchTask(task) {
      const { panel, pace, seed } = lab.config.value;
      left.set(lab.config.value.task, lab.config.value);
      lab.change({ ...firstOf(task), ...left.get(task), task, panel, pace, seed });
    },
  };
}
