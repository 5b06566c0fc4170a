/**
 * The lab's state: the configuration, tied to the page's address, and the run that follows it. Decides which changes
 * the running training takes over and which start it anew. Draws nothing.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { init, type AdapterSummary } from '../../src/index.ts';
import { decode, differences, encode } from '../shared/address.ts';
import type { Moment } from '../shared/history.ts';
import { createRunStore, type RunStore } from '../shared/run-store.ts';
import { saveFile } from '../shared/save-file.ts';
import type { SessionOptions } from '../shared/session-events.ts';
import { LOOKS, STEPS_PER_FRAME, canTakeOver, schema, type MlpConfig } from './config.ts';
import { presetsOf } from './presets.ts';
import { keepCheckpoints, type Checkpoints } from './checkpoint.ts';
import { createDataStore, type DataStore } from './data-store.ts';
import { forgetDigits } from './examples.ts';
import { readModel, writeModel } from './model-file.ts';
import { forgetNeuronGrid } from './neurons-probe.ts';
import { forgetGrid } from './plane-probe.ts';
import { isMlpTask, makeTask, type MlpTask } from './recipe.ts';
import { prepareTable } from './table-data.ts';

export interface LabStore {
  readonly run: RunStore;
  readonly config: ReadonlySignal<MlpConfig>;
  readonly adapter: ReadonlySignal<AdapterSummary | null>;
  /** Set when the engine cannot start at all. */
  readonly fatal: ReadonlySignal<Error | null>;
  readonly change: (patch: Partial<MlpConfig>) => void;
  /** The other mode, as it was left or as its first preset has it. */
  readonly switchMode: (mode: MlpConfig['mode']) => void;
  /** Data and files from outside. */
  readonly files: DataStore;
  readonly saveModel: () => Promise<void>;
  /** A run that an earlier visit to the same configuration left behind. */
  readonly left: Checkpoints['left'];
  readonly resume: (take: boolean) => void;
  /** After the device was lost: another one, and the last parameters that are known. */
  readonly recover: () => Promise<void>;
  /** Step 0 again, same seed; keeps playing if it was. */
  readonly reset: () => void;
}

const SETTLE_MS = 150;

function optionsOf({ epochs, pace }: MlpConfig): SessionOptions {
  return { epochs, scoring: 'often', stepsPerFrame: STEPS_PER_FRAME[pace], watchLayers: true };
}

export function createLabStore(): LabStore {
  const run = createRunStore();
  const config = signal(decode(schema, location.hash));
  const adapter = signal<AdapterSummary | null>(null);
  const fatal = signal<Error | null>(null);
  const left = new Map<MlpConfig['mode'], MlpConfig>();
  let playAfterwards = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const files = createDataStore({
    onData(patch) {
      replace({ ...config.value, ...patch });
      // Other data under the same settings is another training too.
      restartSoon();
    },
    onModel: (bytes) => loadModel(bytes),
  });
  const lacksTable = ({ mode }: MlpConfig): boolean => mode === 'table' && !files.table.value;

  /** A task on the data that the configuration names, or on generated data where that cannot be had. */
  const taskOf = async (wanted: MlpConfig): Promise<MlpTask> => {
    try {
      return await makeTask(wanted, await files.optionsFor(wanted));
    } catch (error) {
      if (wanted.source === 'generated') throw error;
      files.report('The data could not be had: these are generated digits', error);
      config.value = { ...config.value, source: 'generated' };
      return makeTask({ ...wanted, source: 'generated' });
    }
  };

  /** The settings that the file names, or those in hand, with the parameters of the file. */
  const loadModel = async (bytes: Uint8Array): Promise<void> => {
    const { parameters, saved } = readModel(bytes);
    const { step, epoch } = saved ?? { step: 0, epoch: 0 };
    await goOn({ step, epoch, parameters: () => parameters, checkpoint: null }, saved?.config ?? {});
  };

  const goOn = async (moment: Moment, settings: Partial<MlpConfig>): Promise<void> => {
    const wanted = { ...config.value, ...settings };
    const task = await makeTask(wanted, await files.optionsFor(wanted));
    // What does not fit is said before anything is changed.
    task.model.loadStateDict(moment.parameters());
    clearTimeout(timer);
    timer = undefined;
    config.value = wanted;
    await run.session.reset(() => Promise.resolve(task), optionsOf(wanted));
    if (run.task.value === task) await run.session.fork(moment);
  };

  const restart = (): void => {
    timer = undefined;
    const wanted = config.value;
    if (lacksTable(wanted)) return;
    void run.session
      .reset(() => taskOf(wanted), optionsOf(wanted))
      // What was changed while the task was made.
      .then(() => timer === undefined && canTakeOver(wanted, config.value) && takeOver(wanted, config.value));
    if (playAfterwards) void run.session.play();
  };

  /** Soon, because a slider on the move changes many times a second. */
  const restartSoon = (): void => {
    if (fatal.value || !adapter.value) return;
    if (timer === undefined && run.state.value !== 'loading') {
      playAfterwards = run.state.value === 'playing' || run.state.value === 'finished';
    }
    clearTimeout(timer);
    timer = setTimeout(restart, SETTLE_MS);
  };

  const takeOver = (previous: MlpConfig, next: MlpConfig): void => {
    if (differences(schema, previous, next).every((key) => LOOKS.includes(key))) return;
    if (previous.epochs !== next.epochs) run.session.epochs = next.epochs;
    run.session.adapt((task, optimizer) => {
      if (isMlpTask(task)) task.adapt(next, optimizer);
    });
  };

  const replace = (next: MlpConfig): void => {
    const previous = config.value;
    // What cannot be learned is said before anything is changed.
    if (next.mode === 'table' && files.table.value) prepareTable(files.table.value, next);
    config.value = next;
    run.session.stepsPerFrame = STEPS_PER_FRAME[next.pace];
    if (!canTakeOver(previous, next)) restartSoon();
    else if (timer === undefined) takeOver(previous, next);
  };

  const opened = config.value;
  const checkpoints = keepCheckpoints(run, (saved) => canTakeOver({ ...opened, ...saved }, opened));

  effect(() => {
    history.replaceState(null, '', `#${encode(schema, config.value)}`);
  });
  addEventListener('hashchange', () => {
    try {
      replace(decode(schema, location.hash));
    } catch (error) {
      files.report('The link cannot be learned from; the training goes on', error);
    }
  });
  pauseWhileHidden(run);

  void (async () => {
    try {
      adapter.value = await init();
      restart();
    } catch (error) {
      fatal.value = error instanceof Error ? error : new Error(String(error));
    }
  })();

  return {
    run,
    config,
    adapter,
    fatal,
    files,
    async saveModel() {
      const task = run.task.value;
      if (!task) return;
      const { step, epoch } = run.progress.peek();
      saveFile('model.safetensors', await writeModel(task, config.value, { step, epoch }), 'application/octet-stream');
    },
    left: checkpoints.left,
    resume(take) {
      const left = checkpoints.left.peek();
      checkpoints.forget();
      if (!left || !take) return;
      void goOn(left, left.config).then(
        () => run.session.play(),
        (error: unknown) => files.report('The training could not be resumed; this is another one', error),
      );
    },
    async recover() {
      const moment = run.moments.peek().at(-1);
      const wanted = config.value;
      try {
        adapter.value = await init({ restart: true });
        forgetDigits();
        forgetGrid();
        forgetNeuronGrid();
        await run.session.reset(() => taskOf(wanted), optionsOf(wanted));
        if (moment) await run.session.fork(moment);
      } catch (error) {
        fatal.value = error instanceof Error ? error : new Error(String(error));
      }
    },
    change(patch) {
      files.dismiss();
      try {
        replace({ ...config.value, ...patch });
      } catch (error) {
        files.report('That cannot be learned; the training goes on', error);
      }
    },
    switchMode(mode) {
      const { showTest, panel, seed } = config.value;
      left.set(config.value.mode, config.value);
      const first = { ...config.value, ...presetsOf(mode)[0]?.config, mode };
      replace({ ...(left.get(mode) ?? first), showTest, panel, seed });
    },
    reset: restartSoon,
  };
}

/** A hidden page would train unseen and drain a battery; it goes on when it is seen again. */
function pauseWhileHidden({ session, state }: RunStore): void {
  let interrupted = false;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && state.value === 'playing') {
      interrupted = true;
      void session.pause();
    } else if (!document.hidden && interrupted) {
      interrupted = false;
      void session.play();
    }
  });
}
