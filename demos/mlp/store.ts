/**
 * The lab's state: the configuration, tied to the page's address, and the run that follows it. Decides which changes
 * the running training takes over and which start it anew. Draws nothing.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { init, type AdapterSummary } from '../../src/index.ts';
import { decode, differences, encode } from '../shared/address.ts';
import { createRunStore, type RunStore } from '../shared/run-store.ts';
import { LOOKS, STEPS_PER_FRAME, canTakeOver, presetsOf, schema, type MlpConfig } from './config.ts';
import { isMlpTask, makeTask } from './recipe.ts';

export interface LabStore {
  readonly run: RunStore;
  readonly config: ReadonlySignal<MlpConfig>;
  readonly adapter: ReadonlySignal<AdapterSummary | null>;
  /** Set when the engine cannot start at all. */
  readonly fatal: ReadonlySignal<Error | null>;
  readonly change: (patch: Partial<MlpConfig>) => void;
  /** The other mode, as it was left or as its first preset has it. */
  readonly switchMode: (mode: MlpConfig['mode']) => void;
  /** Step 0 again, same seed; keeps playing if it was. */
  readonly reset: () => void;
}

const SETTLE_MS = 150;

export function createLabStore(): LabStore {
  const run = createRunStore();
  const config = signal(decode(schema, location.hash));
  const adapter = signal<AdapterSummary | null>(null);
  const fatal = signal<Error | null>(null);
  const left = new Map<MlpConfig['mode'], MlpConfig>();
  let playAfterwards = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const restart = (): void => {
    timer = undefined;
    const wanted = config.value;
    const { epochs, pace } = wanted;
    const options = { epochs, scoring: 'often', stepsPerFrame: STEPS_PER_FRAME[pace] } as const;
    void run.session
      .reset(() => makeTask(wanted), options)
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
    run.session.adapt((task, optimizer) => isMlpTask(task) && task.adapt(next, optimizer));
  };

  const replace = (next: MlpConfig): void => {
    const previous = config.value;
    config.value = next;
    run.session.stepsPerFrame = STEPS_PER_FRAME[next.pace];
    if (!canTakeOver(previous, next)) restartSoon();
    else if (timer === undefined) takeOver(previous, next);
  };

  effect(() => {
    history.replaceState(null, '', `#${encode(schema, config.value)}`);
  });
  addEventListener('hashchange', () => replace(decode(schema, location.hash)));
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
    change: (patch) => replace({ ...config.value, ...patch }),
    switchMode(mode) {
      const { showTest, panel, seed } = config.value;
      left.set(config.value.mode, config.value);
      const first = { ...config.value, ...presetsOf(mode)[0]?.config };
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
