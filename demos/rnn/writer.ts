/**
 * A character model that writes, again and again, as it learns: the text under way and those before it. Its draws are
 * its own, so that the training is the same whether it writes or not. Draws nothing on the page.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { getGeneratorState, manualSeed, models, setGeneratorState, text } from '../../src/index.ts';
import type { RunStore } from '../shared/run-store.ts';
import type { Task } from '../shared/task.ts';
import { isRnnTask, type RnnTask } from './recipe.ts';
import type { TextData } from './characters.ts';

export interface WrittenText {
  /** The step after which it began. */
  readonly step: number;
  /** The step at its last character so far: the training goes on meanwhile. */
  readonly until: number;
  /** Of the test set then. */
  readonly loss: number | null;
  readonly opening: string;
  readonly text: string;
}

export interface Writer {
  /** The text under way. */
  readonly now: ReadonlySignal<WrittenText | null>;
  /** Those before, the newest first. */
  readonly before: ReadonlySignal<readonly WrittenText[]>;
  /** Begins anew at once. */
  readonly again: () => void;
  readonly stop: () => void;
}

export interface WriterOptions {
  /** Read before each character. */
  readonly temperature: () => number;
  /** What it goes on from; empty for the opening of its own text. */
  readonly opening: () => string;
}

export interface CharactersTask extends RnnTask {
  readonly data: TextData;
}

export function isCharactersTask(task: Task): task is CharactersTask {
  return isRnnTask(task) && task.data.kind === 'characters';
}

const LENGTH = 240;
const KEPT = 8;
/** A text is begun anew after so many steps of training. */
const EVERY_STEPS = 50;

export function createWriter(run: RunStore, { temperature, opening }: WriterOptions): Writer {
  const now = signal<WrittenText | null>(null);
  const before = signal<readonly WrittenText[]>([]);
  let stopped = false;
  /** Counts beginnings: an older one ends where a newer has begun. */
  let beginnings = 0;
  let own: ReturnType<typeof getGeneratorState> | null = null;
  let begun: unknown = null;

  /** Draws from a generator that no one else draws from. */
  const aside = <T>(draw: () => T): T => {
    const outer = getGeneratorState();
    if (own) setGeneratorState(own);
    else manualSeed(1);
    try {
      return draw();
    } finally {
      own = getGeneratorState();
      setGeneratorState(outer);
    }
  };

  const write = async (task: CharactersTask): Promise<void> => {
    const mine = ++beginnings;
    const { vocabulary, opening: first } = task.data;
    const { model } = task;
    if (!(model instanceof models.LanguageModel)) return;
    const { step, test } = run.progress.peek();
    const start = opening() || first;
    const wanted = (): boolean => !stopped && mine === beginnings && run.task.peek() !== null;
    const drawn = model.write(vocabulary.encode(text.characters(start)), {
      get temperature() {
        return temperature();
      },
    });
    let written = '';
    const last = now.peek();
    if (last && last.text.length > LENGTH / 4) before.value = [last, ...before.peek()].slice(0, KEPT);
    for (let count = 0; count < LENGTH && wanted(); count++) {
      const next = await aside(() => drawn.next());
      if (next.done || !wanted()) break;
      written += vocabulary.token(next.value);
      now.value = { step, until: run.progress.peek().step, loss: test?.loss ?? null, opening: start, text: written };
    }
    await drawn.return();
  };

  const begin = (): void => {
    const task = run.past.peek()?.task ?? run.task.peek();
    if (!task || !isCharactersTask(task)) return;
    begun = run.past.peek() ?? run.progress.peek().step;
    write(task).catch((error: unknown) => {
      if (run.task.peek() === task) run.fail(error);
    });
  };

  const stops = [
    run.task.subscribe(() => {
      beginnings++;
      now.value = null;
      before.value = [];
      own = null;
      begun = null;
    }),
    run.past.subscribe((past) => {
      if (past) begin();
    }),
    run.version.subscribe(() => {
      if (run.past.peek()) return;
      const { step } = run.progress.peek();
      const isDone = (now.peek()?.text.length ?? 0) >= LENGTH;
      const isDue = typeof begun !== 'number' || (isDone && step - begun >= EVERY_STEPS);
      if (isDue) begin();
    }),
  ];
  return {
    now,
    before,
    again: begin,
    stop() {
      stopped = true;
      for (const stop of stops) stop();
    },
  };
}
