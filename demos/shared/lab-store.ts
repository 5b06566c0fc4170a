/**
 * A lab's state: the configuration, tied to the page's address, and the run that follows it. Decides which changes the
 * running training takes over and which start it anew; saves models, and goes on with saved models and runs. Knows no
 * particular lab and draws nothing.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { init, type AdapterSummary } from '../../src/index.ts';
import { decode, differences, encode, type Schema } from './address.ts';
import { keepCheckpoints, type Checkpoints } from './checkpoint.ts';
import type { Moment } from './history.ts';
import { readModel, writeModel } from './model-file.ts';
import { createRunStore, type RunStore } from './run-store.ts';
import { saveFile } from './save-file.ts';
import type { RunState, SessionOptions } from './session-events.ts';
import type { Optimizer, Task } from './task.ts';

interface Common {
  readonly epochs: number;
  readonly panel: boolean;
}

/** Something that a reader asked for and cannot have; the training goes on. */
export interface Problem {
  readonly title: string;
  readonly text: string;
}

export interface LabStore<C extends Common> {
  readonly run: RunStore;
  readonly config: ReadonlySignal<C>;
  readonly adapter: ReadonlySignal<AdapterSummary | null>;
  /** Set when the engine cannot start at all. */
  readonly fatal: ReadonlySignal<Error | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly report: (title: string, error: unknown) => void;
  readonly dismiss: () => void;
  readonly change: (patch: Partial<C>) => void;
  /** Step 0 again, same seed; keeps playing if it was. */
  readonly reset: () => void;
  /** Trains on other data from step 0 on, even where no setting changes. @throws Error where that cannot be learned. */
  readonly useData: (patch: Partial<C>) => void;
  readonly saveModel: () => Promise<void>;
  /** Goes on with a model's file and the settings that it names. @throws Error where it fits none. */
  readonly loadModel: (bytes: Uint8Array) => Promise<void>;
  /** A run that an earlier visit to the same configuration left behind. */
  readonly left: Checkpoints<C>['left'];
  readonly resume: (take: boolean) => void;
  /** After the device was lost: another one, and the last parameters that are known. */
  readonly recover: () => Promise<void>;
}

export interface LabDescription<C extends Common> {
  /** Short: models and kept runs bear it. */
  readonly name: string;
  readonly schema: Schema<C>;
  /** Settings that only the page is about. */
  readonly looks: readonly (keyof C)[];
  readonly canTakeOver: (previous: C, next: C) => boolean;
  readonly stepsPerFrame: (config: C) => number;
  /** @param continued a kept run or model goes on, which brings all parameters */
  readonly makeTask: (config: C, continued: boolean) => Promise<Task>;
  /** Has the task, made before, go on as another configuration says. */
  readonly adapt: (task: Task, config: C, optimizer: Optimizer) => void;
  /** False while what the configuration is about is still to come. */
  readonly isReady?: (config: C) => boolean;
  /** @throws Error where the configuration cannot be learned. */
  readonly check?: (config: C) => void;
  /** What to train on where the data of the configuration cannot be had; null where that is no remedy. */
  readonly instead?: (config: C) => { readonly patch: Partial<C>; readonly title: string } | null;
  /** Drops what was kept on a device that is lost. */
  readonly forget?: () => void;
}

const SETTLE_MS = 150;

export function createLabStore<C extends Common>(lab: LabDescription<C>): LabStore<C> {
  const run = createRunStore();
  const config = signal(decode(lab.schema, location.hash));
  const adapter = signal<AdapterSummary | null>(null);
  const fatal = signal<Error | null>(null);
  const problem = signal<Problem | null>(null);
  let playAfterwards = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const report = (title: string, error: unknown): void => {
    problem.value = { title, text: error instanceof Error ? error.message : String(error) };
  };
  const optionsOf = (wanted: C): SessionOptions => ({
    epochs: wanted.epochs,
    scoring: 'often',
    stepsPerFrame: lab.stepsPerFrame(wanted),
    watchLayers: true,
  });

  const taskOf = async (wanted: C): Promise<Task> => {
    try {
      return await lab.makeTask(wanted, false);
    } catch (error) {
      const instead = lab.instead?.(wanted);
      if (!instead) throw error;
      report(instead.title, error);
      config.value = { ...config.value, ...instead.patch };
      return lab.makeTask({ ...wanted, ...instead.patch }, false);
    }
  };

  const restart = (): void => {
    timer = undefined;
    const wanted = config.value;
    if (lab.isReady && !lab.isReady(wanted)) return;
    void run.session
      .reset(() => taskOf(wanted), optionsOf(wanted))
      // What was changed while the task was made.
      .then(() => timer === undefined && lab.canTakeOver(wanted, config.value) && takeOver(wanted, config.value));
    if (playAfterwards) void run.session.play();
  };

  /** Soon, because a slider on the move changes many times a second. */
  const restartSoon = (): void => {
    if (fatal.value || !adapter.value) return;
    if (timer === undefined && run.state.value !== 'loading')
      playAfterwards = run.state.value === 'playing' || run.state.value === 'finished';
    clearTimeout(timer);
    timer = setTimeout(restart, SETTLE_MS);
  };

  const takeOver = (previous: C, next: C): void => {
    if (differences(lab.schema, previous, next).every((key) => lab.looks.includes(key))) return;
    if (previous.epochs !== next.epochs) run.session.epochs = next.epochs;
    run.session.adapt((task, optimizer) => lab.adapt(task, next, optimizer));
  };

  const replace = (next: C): void => {
    const previous = config.value;
    // What cannot be learned is said before anything is changed.
    lab.check?.(next);
    config.value = next;
    run.session.stepsPerFrame = lab.stepsPerFrame(next);
    if (!lab.canTakeOver(previous, next)) restartSoon();
    else if (timer === undefined) takeOver(previous, next);
  };

  const goOn = async (moment: Moment, settings: Partial<C>): Promise<void> => {
    const wanted = { ...config.value, ...settings };
    const task = await lab.makeTask(wanted, true);
    // What does not fit is said before anything is changed.
    task.model.loadStateDict(moment.parameters());
    clearTimeout(timer);
    timer = undefined;
    config.value = wanted;
    await run.session.reset(() => Promise.resolve(task), optionsOf(wanted));
    if (run.task.value === task) await run.session.fork(moment);
  };

  /** Those of a training, without those of the page. */
  const settingsIn = (text: string): Partial<C> =>
    Object.fromEntries(
      Object.entries(decode(lab.schema, text)).filter(([key]) => !lab.looks.includes(key as keyof C)),
    ) as Partial<C>;

  const opened = config.value;
  const checkpoints = keepCheckpoints<C>(run, `${lab.name}-lab`, settingsIn, (saved) =>
    lab.canTakeOver({ ...opened, ...saved }, opened),
  );

  effect(() => {
    history.replaceState(null, '', `#${encode(lab.schema, config.value)}`);
  });
  addEventListener('hashchange', () => {
    try {
      replace(decode(lab.schema, location.hash));
    } catch (error) {
      report('The link cannot be learned from; the training goes on', error);
    }
  });
  pauseWhileHidden(run);

  const failed = (error: unknown): void => {
    fatal.value = error instanceof Error ? error : new Error(String(error));
  };
  void init().then((found) => {
    adapter.value = found;
    restart();
  }, failed);

  return {
    run,
    config,
    adapter,
    fatal,
    problem,
    report,
    dismiss: () => (problem.value = null),
    change(patch) {
      problem.value = null;
      try {
        replace({ ...config.value, ...patch });
      } catch (error) {
        report('That cannot be learned; the training goes on', error);
      }
    },
    reset: restartSoon,
    useData(patch) {
      replace({ ...config.value, ...patch });
      restartSoon();
    },
    async saveModel() {
      const task = run.task.value;
      if (!task) return;
      const { step, epoch } = run.progress.peek();
      const bytes = await writeModel(task, lab.name, { settings: encode(lab.schema, config.value), step, epoch });
      saveFile('model.safetensors', bytes, 'application/octet-stream');
    },
    loadModel(bytes) {
      const { parameters, saved } = readModel(bytes, lab.name);
      const { step, epoch, settings } = saved ?? { step: 0, epoch: 0, settings: null };
      const moment = { step, epoch, parameters: () => parameters, checkpoint: null };
      return goOn(moment, settings === null ? {} : settingsIn(settings));
    },
    left: checkpoints.left,
    resume(take) {
      const left = checkpoints.left.peek();
      if (!left || !take) return checkpoints.forget();
      // It is offered again where something is missing that a reader can bring.
      void goOn(left, left.config).then(
        () => {
          checkpoints.forget();
          return run.session.play();
        },
        (error: unknown) => report('The training could not be resumed; this is another one', error),
      );
    },
    async recover() {
      const moment = run.moments.peek().at(-1);
      const wanted = config.value;
      try {
        adapter.value = await init({ restart: true });
        lab.forget?.();
        await run.session.reset(() => taskOf(wanted), optionsOf(wanted));
        if (moment) await run.session.fork(moment);
      } catch (error) {
        failed(error);
      }
    },
  };
}

/** A hidden page would train unseen and drain a battery; it goes on when it is seen again. */
export function pauseWhileHidden(run: {
  readonly session: { readonly play: () => Promise<void>; readonly pause: () => Promise<void> };
  readonly state: ReadonlySignal<RunState>;
}): void {
  const { session, state } = run;
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
