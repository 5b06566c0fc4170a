/** The test digits and what the network answers on them, for a picture as long as it is in sight. */
import { signal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Answers } from '../shared/confusion.ts';
import { createProbe, type Probe } from '../shared/probe.ts';
import type { RunStore } from '../shared/run-store.ts';
import { isDigitsTask, readAnswers, readGallery, type Gallery } from './digits-probe.ts';
import type { MlpTask } from './recipe.ts';

/** A probe of digits tasks that lives as long as the component. */
export function useDigitsProbe<R>(
  run: RunStore,
  everyMs: number,
  look: (task: MlpTask) => Promise<R> | null,
): Probe<R> {
  const probe = useMemo(() => createProbe(run, everyMs, (task) => (isDigitsTask(task) ? look(task) : null)), [run]);
  useEffect(() => probe.stop, [probe]);
  return probe;
}

export function useGallery(run: RunStore): ReadonlySignal<Gallery | null> {
  const gallery = useMemo(() => signal<Gallery | null>(null), []);
  useSignalEffect(() => {
    const task = run.task.value;
    if (!isDigitsTask(task)) return;
    void readGallery(task).then(
      (read) => {
        if (run.task.peek() === task) gallery.value = read;
      },
      (error: unknown) => {
        if (run.task.peek() === task) run.fail(error);
      },
    );
  });
  return gallery;
}

export interface Answered extends Gallery {
  readonly answers: Answers | null;
}

/** Null until the digits are read. */
export function useAnswered(run: RunStore): Answered | null {
  const gallery = useGallery(run).value;
  const answers = useDigitsProbe(run, 300, readAnswers).result.value;
  // Answers on a test set of another size are those of the task before.
  const fitting = answers && answers.classes.length === gallery?.labels.length ? answers : null;
  return gallery && { ...gallery, answers: fitting };
}
