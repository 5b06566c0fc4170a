/**
 * Looks into a run while it trains, or into a moment of it that is past: the network's answers on a grid, on a gallery
 * of digits, its weights. A look never
 * waits in the way of a step; only one is under way at a time, and slow ones come less often. Draws nothing.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import type { RunStore } from './run-store.ts';
import type { Task } from './task.ts';

/** At most this share of the time goes into one probe, unless it is said otherwise. */
const SHARE = 0.25;
/** The first looks also compile; how long they took says nothing of the next. */
const WARM_UP = 2;

export interface Probe<R> {
  /** The newest look; null when there is none at the task in hand. */
  readonly result: ReadonlySignal<R | null>;
  /** Looks again as soon as may be: what it looks with has changed. */
  readonly again: () => void;
  readonly stop: () => void;
}

export function createProbe<R>(
  run: RunStore,
  everyMs: number,
  look: (task: Task) => Promise<R> | null,
  share: number = SHARE,
): Probe<R> {
  const result = signal<R | null>(null);
  let busy = false;
  let again = false;
  let nextAt = 0;
  let looks = 0;

  const begin = async (task: Task): Promise<void> => {
    busy = true;
    again = false;
    const start = performance.now();
    try {
      const past = run.past.peek();
      const seen = await look(past?.task ?? task);
      if (seen !== null && run.task.peek() === task && run.past.peek() === past) result.value = seen;
    } catch (error) {
      // A look that was overtaken by a reset may fail; one at the task in hand may not.
      if (run.task.peek() === task) run.fail(error);
    }
    const took = ++looks > WARM_UP ? performance.now() - start : 0;
    nextAt = performance.now() + Math.max(everyMs, took / share);
    busy = false;
    if (again) consider(true);
  };

  const consider = (now: boolean): void => {
    const task = run.task.peek();
    if (!task) return;
    if (busy) again ||= now;
    else if (now || performance.now() >= nextAt) void begin(task);
  };

  const stops = [
    effect(() => {
      void run.task.value;
      result.value = null;
    }),
    effect(() => {
      void run.version.value;
      const still = run.state.value !== 'playing';
      if (!run.past.peek()) consider(still);
    }),
    effect(() => {
      void run.past.value;
      consider(true);
    }),
  ];
  return {
    result,
    again: () => consider(true),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
