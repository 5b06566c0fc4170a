/** The test images and what the network answers on them, for a picture as long as it is in sight. */
import { signal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Answers } from '../shared/confusion.ts';
import { createProbe, type Probe } from '../shared/probe.ts';
import type { RunStore } from '../shared/run-store.ts';
import { readAnswers, readGallery, type Gallery } from './probe.ts';
import { isCnnTask, type CnnTask } from './recipe.ts';

/** A probe of this lab's tasks that lives as long as the component. */
export function useImagesProbe<R>(run: RunStore, everyMs: number, look: (task: CnnTask) => Promise<R>): Probe<R> {
  const probe = useMemo(() => createProbe(run, everyMs, (task) => (isCnnTask(task) ? look(task) : null)), [run]);
  useEffect(() => probe.stop, [probe]);
  return probe;
}

export function useGallery(run: RunStore): ReadonlySignal<Gallery | null> {
  const gallery = useMemo(() => signal<Gallery | null>(null), []);
  useSignalEffect(() => {
    const task = run.task.value;
    if (!task || !isCnnTask(task)) return;
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

export interface NamedGallery extends Gallery {
  readonly classNames: readonly string[];
}

/** Null until the images are read. */
export function useNamedGallery(run: RunStore): NamedGallery | null {
  const gallery = useGallery(run).value;
  const task = run.task.value;
  return gallery && task && isCnnTask(task) ? { ...gallery, classNames: task.images.classNames } : null;
}

export interface Answered extends NamedGallery {
  readonly answers: Answers | null;
}

export function useAnswered(run: RunStore): Answered | null {
  const gallery = useNamedGallery(run);
  const answers = useImagesProbe(run, 500, readAnswers).result.value;
  // Answers on a test set of another size are those of the task before.
  const fitting = answers && answers.classes.length === gallery?.labels.length ? answers : null;
  return gallery && { ...gallery, answers: fitting };
}

export function imageOf({ images, side }: Gallery, index: number): Float32Array {
  const size = 3 * side * side;
  return images.subarray(index * size, (index + 1) * size);
}

/** A picture of one's own, or a test image: the same array as long as it is the same image. */
export function useChosenImage(
  gallery: Gallery | null,
  selected: number,
  photo: Float32Array | null,
): Float32Array | null {
  return useMemo(() => photo ?? (gallery && imageOf(gallery, selected)), [gallery?.images, selected, photo]);
}
