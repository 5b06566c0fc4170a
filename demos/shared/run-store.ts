/**
 * A session as signals: what the page shows of a run, kept small and refreshed about ten times a second however fast
 * the steps are. Knows no particular lab and draws nothing.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { Curves } from './curves.ts';
import { Session, type Divergence, type Progress, type RunState, type SessionEvent } from './session.ts';
import type { Task } from './task.ts';

export interface RunStore {
  readonly session: Session;
  readonly state: ReadonlySignal<RunState>;
  readonly progress: ReadonlySignal<Progress>;
  readonly task: ReadonlySignal<Task | null>;
  readonly divergence: ReadonlySignal<Divergence | null>;
  readonly error: ReadonlySignal<Error | null>;
  /** The same two objects until a reset; `version` tells that they have grown. */
  readonly loss: ReadonlySignal<Curves>;
  readonly accuracy: ReadonlySignal<Curves>;
  readonly version: ReadonlySignal<number>;
  /** Shows a failure outside the session, such as a probe's. */
  fail(error: unknown): void;
}

const REFRESH_MS = 100;

export function createRunStore(): RunStore {
  const session = new Session();
  const state = signal<RunState>(session.state);
  const progress = signal<Progress>(session.progress);
  const task = signal<Task | null>(null);
  const divergence = signal<Divergence | null>(null);
  const error = signal<Error | null>(null);
  const loss = signal(lossCurves());
  const accuracy = signal(accuracyCurves());
  const version = signal(0);

  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = (): void => {
    clearTimeout(timer);
    timer = undefined;
    progress.value = session.progress;
    version.value++;
  };

  const on = (event: SessionEvent): void => {
    switch (event.type) {
      case 'reset':
        task.value = event.task;
        divergence.value = null;
        error.value = null;
        loss.value = lossCurves();
        accuracy.value = accuracyCurves();
        break;
      case 'losses':
        event.values.forEach((value, index) => loss.value.add('train', event.firstStep + index, value));
        break;
      case 'scores':
        loss.value.add('test', event.step, event.test.loss);
        accuracy.value.add('train', event.step, event.train.accuracy);
        accuracy.value.add('test', event.step, event.test.accuracy);
        break;
      case 'diverged':
        divergence.value = event.divergence;
        break;
      case 'error':
        error.value = event.error;
        break;
      case 'state':
        if (event.state === 'playing') divergence.value = error.value = null;
        state.value = event.state;
        refresh();
        return;
      case 'progress':
        break;
    }
    timer ??= setTimeout(refresh, REFRESH_MS);
  };
  session.subscribe(on);

  return {
    session,
    state,
    progress,
    task,
    divergence,
    error,
    loss,
    accuracy,
    version,
    fail(cause) {
      error.value = cause instanceof Error ? cause : new Error(String(cause));
    },
  };
}

function lossCurves(): Curves {
  return new Curves(['train', 'test']);
}

function accuracyCurves(): Curves {
  return new Curves(['train', 'test']);
}
