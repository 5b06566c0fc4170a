/** The state of the RNN lab: the shared lab, with this lab's configuration, files, encoders, pre-training and looks. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { createLabStore, type LabStore } from '../shared/lab-store.ts';
import type { Task } from '../shared/task.ts';
import { STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { LOOKS, canTakeOver, isGiven, isPretrained, schema, type RnnConfig } from './config.ts';
import { createEncoderStore, type EncoderStore } from './encoder-store.ts';
import type { Encoder } from './encoder.ts';
import type { RnnFiles } from './files.ts';
import { PUBLISHED, firstOf } from './lab-presets.ts';
import { createLooks, type Looks } from './looks.ts';
import { isMemoryTask, makeMemoryTask } from './memory-task.ts';
import { NO_FILES, addFiles, type OwnFiles } from './own-files.ts';
import { createOwnPair, type OwnPairStore } from './own-pair.ts';
import { isPairsTask } from './pairs-probe.ts';
import { createPretraining, type Pretraining } from './pretraining.ts';
import { createRuns, type Run } from './runs.ts';
import { dataOf, isRnnTask, makeTask } from './recipe.ts';

export interface RnnStore extends LabStore<RnnConfig> {
  readonly looks: Looks;
  readonly own: OwnPairStore;
  /** Runs on the same test pairs, the newest last. */
  readonly runs: ReadonlySignal<readonly Run[]>;
  readonly pretraining: Pretraining;
  readonly encoders: EncoderStore;
  readonly files: ReadonlySignal<OwnFiles>;
  /** Files dropped or chosen: MRPC's, texts, an encoder, or a model. */
  readonly open: (files: readonly File[]) => void;
  /** Another task, as it was left or as its first preset has it. */
  readonly switchTask: (task: RnnConfig['task']) => void;
}

export function createRnnStore(): RnnStore {
  const left = new Map<RnnConfig['task'], RnnConfig>();
  const files = signal(NO_FILES);
  const pretraining = createPretraining();
  const encoders = createEncoderStore({
    onEncoder: (encoder) => useEncoder(encoder),
    report: (title, error) => lab.report(title, error),
    dismiss: () => lab.dismiss(),
  });
  /** Counts what was dropped: other data under the same settings is another training too. */
  let version = 0;
  /** Counts tasks: one that was overtaken is not pre-trained for any more. */
  let made = 0;

  const filesFor = ({ source, task }: RnnConfig): RnnFiles | undefined => {
    const { pairs, text, corpus } = files.peek();
    if (task === 'characters') return (source === 'files' && text) || undefined;
    return {
      ...(source === 'files' ? pairs : null),
      corpus: corpus.map(({ bytes }) => bytes),
      encoder: encoders.encoder.peek(),
    };
  };

  const taskOf = async (config: RnnConfig, continued: boolean): Promise<Task> => {
    const mine = ++made;
    if (config.task === 'memory') return makeMemoryTask(config);
    if (!isHere(config))
      throw new Error('It began from an encoder that is not here. Drop the files of that one first, or download it.');
    const given = dataOf(config, filesFor(config));
    if (given.kind !== 'pairs' || !isPretrained(config) || continued) return makeTask(config, {}, given);
    const wanted = (): boolean => mine === made && canTakeOver(config, lab.config.peek());
    const weights = await pretraining.weightsFor(config, given, version, wanted);
    return makeTask(config, { weights }, given);
  };

  const isHere = (config: RnnConfig): boolean => !isGiven(config) || encoders.encoder.peek() !== null;

  const lab = createLabStore<RnnConfig>({
    name: 'rnn',
    schema,
    looks: LOOKS,
    canTakeOver,
    isReady: isHere,
    check(config) {
      const { task, model, embedding, heads, length } = config;
      const encoder = isGiven(config) ? encoders.encoder.peek() : null;
      const most = encoder?.sizes.maxPositionEmbeddings ?? Infinity;
      if (length > most)
        throw new Error(
          `${encoder?.name} reads at most ${most} words of a pair, and ${length} are asked for. Choose fewer, or another encoder.`,
        );
      if (isGiven(config)) return;
      const split = task === 'pairs' && (model === 'bert' || model === 'transformer');
      if (split && embedding % heads !== 0)
        throw new Error(
          `${embedding} features of a word cannot be shared out among ${heads} heads. Choose a number of features that ${heads} divides, or other heads.`,
        );
    },
    stepsPerFrame: ({ pace }) => STEPS_PER_FRAME[pace],
    makeTask: taskOf,
    adapt(task, config, optimizer) {
      if (isMemoryTask(task) || isRnnTask(task)) task.adapt(config, optimizer);
    },
  });
  const own = createOwnPair();
  let dataShown: string | null = null;
  lab.run.task.subscribe((task) => {
    if (!task || !isPairsTask(task)) return;
    const now = `${task.config.source} ${version}`;
    // A pair of other data is left behind with them; one that was typed outlives a reset.
    if (dataShown !== null && now !== dataShown) own.clear();
    dataShown = now;
  });

  const restart = (): void => {
    made++;
    lab.reset();
  };

  /** As its kind is fine-tuned, unless that is what the settings are for already. */
  const useEncoder = ({ unit, sizes }: Encoder): void => {
    const now = lab.config.value;
    const isOfKind = isGiven(now) || isGiven({ ...now, given: unit === 'words' });
    const patch = isOfKind ? {} : PUBLISHED[unit];
    const { length } = { ...now, ...patch };
    made++;
    lab.useData({ ...patch, given: true, length: Math.min(length, sizes.maxPositionEmbeddings) });
  };

  const openAll = async (given: readonly File[]): Promise<void> => {
    if (await encoders.open(given)) return;
    const model = given.find(({ name }) => /\.safetensors$/i.test(name));
    if (model) return lab.loadModel(new Uint8Array(await model.arrayBuffer()));
    const { task } = lab.config.value;
    files.value = await addFiles(files.value, given, lab.config.value);
    version++;
    const { pairs, text } = files.value;
    const found = given.some(({ name }) => /paraphrase_/i.test(name));
    made++;
    if (found && pairs && task !== 'pairs') lab.useData({ ...firstOf('pairs'), source: 'files' });
    else if (task === 'memory' && text) lab.useData({ ...firstOf('characters'), source: 'files' });
    // Text to pre-train on stands beside the pairs that there are.
    else lab.useData(task === 'pairs' && !found ? {} : { source: 'files' });
  };

  const looks = createLooks(lab.run);
  return {
    ...lab,
    looks,
    runs: createRuns(lab.run, looks),
    own,
    pretraining,
    encoders,
    files,
    reset: restart,
    open(given) {
      lab.dismiss();
      openAll(given).catch((error: unknown) => lab.report('The files were not used; the training goes on', error));
    },
    switchTask(task) {
      const { panel, pace, seed } = lab.config.value;
      left.set(lab.config.value.task, lab.config.value);
      lab.change({ ...firstOf(task), ...left.get(task), task, panel, pace, seed });
    },
  };
}
