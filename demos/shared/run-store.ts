/**
 * A session as signals: what the page shows of a run, kept small and refreshed about ten times a second however fast
 * the steps are. Knows no particular lab and draws nothing.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import type { nn } from '../../src/index.ts';
import { Curves } from './curves.ts';
import { History, type Moment } from './history.ts';
import { weightsOf } from './layer-watch.ts';
import { Session } from './session.ts';
import type { Divergence, Progress, RunState, SessionEvent } from './session-events.ts';
import type { Task } from './task.ts';

/** As much of a run as the frame of a lab needs. */
export interface Running {
  readonly session: Pick<Session, 'play' | 'pause' | 'step'>;
  readonly state: ReadonlySignal<RunState>;
  readonly progress: ReadonlySignal<Progress>;
  readonly task: ReadonlySignal<unknown>;
}

export interface RunStore extends Running {
  readonly session: Session;
  readonly state: ReadonlySignal<RunState>;
  readonly progress: ReadonlySignal<Progress>;
  readonly task: ReadonlySignal<Task | null>;
  readonly divergence: ReadonlySignal<Divergence | null>;
  readonly error: ReadonlySignal<Error | null>;
  /** The same two objects until a reset; `version` tells that they have grown. */
  readonly loss: ReadonlySignal<Curves>;
  readonly accuracy: ReadonlySignal<Curves>;
  /** Of each layer's weights, by their paths: gradient norm and relative update. New objects at a reset. */
  readonly gradients: ReadonlySignal<Curves>;
  readonly updates: ReadonlySignal<Curves>;
  readonly version: ReadonlySignal<number>;
  /** Moments of this run that can be looked back at, in order. */
  readonly moments: ReadonlySignal<readonly Moment[]>;
  /** The moment that the pictures show; null while they show the present. */
  readonly past: ReadonlySignal<Past | null>;
  lookBack(moment: Moment | null): void;
  /** Shows a failure outside the session, such as a probe's. */
  fail(error: unknown): void;
}

export interface Past {
  readonly moment: Moment;
  /** The task as it was then. */
  readonly task: Task;
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
  const gradients = signal(new Curves([]));
  const updates = signal(new Curves([]));
  const version = signal(0);
  const moments = signal<readonly Moment[]>([]);
  const past = signal<Past | null>(null);
  let history = new History();
  let copy: nn.Module | null = null;

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
        history = new History();
        copy = past.value = null;
        moments.value = [];
        task.value = event.task;
        divergence.value = null;
        error.value = null;
        loss.value = lossCurves();
        accuracy.value = accuracyCurves();
        gradients.value = layerCurves(event.task.model);
        updates.value = layerCurves(event.task.model);
        break;
      case 'losses':
        event.values.forEach((value, index) => loss.value.add('train', event.firstStep + index, value));
        break;
      case 'scores':
        loss.value.add('test', event.step, event.test.loss);
        accuracy.value.add('train', event.step, event.train.accuracy);
        accuracy.value.add('test', event.step, event.test.accuracy);
        if (history.add(event.at)) moments.value = [...history.moments];
        break;
      case 'whole':
        accuracy.value.add('whole', event.score.step, event.score.accuracy);
        break;
      case 'layers':
        addEach(gradients.value, event.step, event.numbers.gradients);
        addEach(updates.value, event.step, event.numbers.updates);
        break;
      case 'forked':
        past.value = null;
        divergence.value = error.value = null;
        history.cut(event.step);
        moments.value = [...history.moments];
        loss.value.leave(event.step, 'train', 'left');
        accuracy.value.leave(event.step, 'test', 'left');
        gradients.value.cut(event.step);
        updates.value.cut(event.step);
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
    gradients,
    updates,
    version,
    moments,
    past,
    lookBack(moment) {
      const now = task.value;
      if (!moment || !now) past.value = null;
      else {
        copy ??= now.copyModel();
        copy.loadStateDict(moment.parameters());
        past.value = { moment, task: { ...now, model: copy } };
      }
    },
    fail(cause) {
      error.value = cause instanceof Error ? cause : new Error(String(cause));
    },
  };
}

/** `left` is what a fork left behind: of the losses those in training, of the accuracies those on the test set. */
function lossCurves(): Curves {
  return new Curves(['train', 'test', 'left']);
}

function accuracyCurves(): Curves {
  return new Curves(['train', 'test', 'left', 'whole']);
}

function layerCurves(model: nn.Module): Curves {
  return new Curves(weightsOf(model).map(([path]) => path));
}

/** Numbers that are none are left out: they would hide all that they are averaged with. */
function addEach(curves: Curves, step: number, values: readonly number[]): void {
  curves.names.forEach((name, at) => {
    const value = values[at] ?? Number.NaN;
    if (Number.isFinite(value)) curves.add(name, step, value);
  });
}
