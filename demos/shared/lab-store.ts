/**
 * A lab's state: the configuration, tied to the page's address, and the run that follows it. Decides which changes the
 * running training takes over and which start it anew. Knows no particular lab and draws nothing.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { init, type AdapterSummary } from '../../src/index.ts';
import { decode, differences, encode, type Schema } from './address.ts';
import { createRunStore, type RunStore } from './run-store.ts';
import type { Optimizer, Task } from './task.ts';

interface Common {
  readonly epochs: number;
  readonly panel: boolean;
}

export interface LabStore<C extends Common> {
  readonly run: RunStore;
  readonly config: ReadonlySignal<C>;
  readonly adapter: ReadonlySignal<AdapterSummary | null>;
  /** Set when the engine cannot start at all. */
  readonly fatal: ReadonlySignal<Error | null>;
  readonly change: (patch: Partial<C>) => void;
  /** Step 0 again, same seed; keeps playing if it was. */
  readonly reset: () => void;
  /** After the device was lost: another one, and the last parameters that are known. */
  readonly recover: () => Promise<void>;
}

export interface LabDescription<C extends Common, T extends Task> {
  readonly schema: Schema<C>;
  /** Settings that only the page is about. */
  readonly looks: readonly (keyof C)[];
  readonly canTakeOver: (previous: C, next: C) => boolean;
  readonly stepsPerFrame: (config: C) => number;
  readonly makeTask: (config: C) => Promise<T>;
  /** Has the task, made before, go on as another configuration says. */
  readonly adapt: (task: Task, config: C, optimizer: Optimizer) => void;
}

const SETTLE_MS = 150;

export function createLabStore<C extends Common, T extends Task>(lab: LabDescription<C, T>): LabStore<C> {
  const run = createRunStore();
  const config = signal(decode(lab.schema, location.hash));
  const adapter = signal<AdapterSummary | null>(null);
  const fatal = signal<Error | null>(null);
  let playAfterwards = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const reset = (wanted: C): Promise<void> => {
    const options = { epochs: wanted.epochs, scoring: 'often', stepsPerFrame: lab.stepsPerFrame(wanted) } as const;
    return run.session.reset(() => lab.makeTask(wanted), options);
  };

  const restart = (): void => {
    timer = undefined;
    const wanted = config.value;
    void reset(wanted)
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
    config.value = next;
    run.session.stepsPerFrame = lab.stepsPerFrame(next);
    if (!lab.canTakeOver(previous, next)) restartSoon();
    else if (timer === undefined) takeOver(previous, next);
  };

  effect(() => {
    history.replaceState(null, '', `#${encode(lab.schema, config.value)}`);
  });
  addEventListener('hashchange', () => replace(decode(lab.schema, location.hash)));
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
    change: (patch) => replace({ ...config.value, ...patch }),
    reset: restartSoon,
    async recover() {
      const moment = run.moments.peek().at(-1);
      try {
        adapter.value = await init({ restart: true });
        await reset(config.value);
        if (moment) await run.session.fork(moment);
      } catch (error) {
        failed(error);
      }
    },
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
