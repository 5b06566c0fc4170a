/**
 * What the lab keeps looking at while it trains, whatever picture is in sight: the newest look, and its figures as
 * curves over the steps. Draws nothing.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { Curves } from '../shared/curves.ts';
import { createProbe } from '../shared/probe.ts';
import type { RunStore } from '../shared/run-store.ts';
import { ratioOf, readMemory, type MemoryLook } from './memory-probe.ts';
import { isMemoryTask, TWINS } from './memory-task.ts';
import { isPairsTask, readPairs, type PairsLook } from './pairs-probe.ts';

export interface MemoryCurves {
  readonly loss: Curves;
  readonly accuracy: Curves;
  /** Of the gradients at the first and the last step. */
  readonly ratio: Curves;
}

export interface Looks {
  readonly pairs: ReadonlySignal<PairsLook | null>;
  /** Accuracy, F1 and MCC on the test pairs. */
  readonly pairsCurves: ReadonlySignal<Curves>;
  readonly memory: ReadonlySignal<MemoryLook | null>;
  readonly memoryCurves: ReadonlySignal<MemoryCurves>;
  /** Tells that curves have grown. */
  readonly version: ReadonlySignal<number>;
}

const MEMORY_MS = 700;
const PAIRS_MS = 700;
/** Of the time: these looks go on whether they are in sight or not. */
const SHARE = 0.1;
const SCORES = ['accuracy', 'f1', 'mcc'] as const;

export function createLooks(run: RunStore): Looks {
  const version = signal(0);
  const memoryCurves = signal(emptyMemory());
  const memory = createProbe(
    run,
    MEMORY_MS,
    async (task) => {
      if (!isMemoryTask(task)) return null;
      const { step } = run.session.progress;
      const curves = memoryCurves.peek();
      const now = task === run.task.peek();
      const look = await readMemory(task);
      // Not of another run, and not of a moment that is past.
      if (now && curves === memoryCurves.peek()) record(curves, step, look);
      version.value++;
      return look;
    },
    SHARE,
  );
  const pairsCurves = signal(new Curves(SCORES));
  const pairs = createProbe(
    run,
    PAIRS_MS,
    async (task) => {
      if (!isPairsTask(task)) return null;
      const { step } = run.session.progress;
      const curves = pairsCurves.peek();
      const now = task === run.task.peek();
      const look = await readPairs(task);
      if (now && curves === pairsCurves.peek()) for (const name of SCORES) curves.add(name, step, look.scores[name]);
      version.value++;
      return look;
    },
    SHARE,
  );
  effect(() => {
    void run.task.value;
    memoryCurves.value = emptyMemory();
    pairsCurves.value = new Curves(SCORES);
  });
  run.session.subscribe((event) => {
    if (event.type !== 'forked') return;
    const { loss, accuracy, ratio } = memoryCurves.peek();
    for (const curves of [loss, accuracy, ratio, pairsCurves.peek()]) curves.cut(event.step);
  });
  return { memory: memory.result, memoryCurves, pairs: pairs.result, pairsCurves, version };
}

function emptyMemory(): MemoryCurves {
  return { loss: new Curves(TWINS), accuracy: new Curves(TWINS), ratio: new Curves(TWINS) };
}

function record(curves: MemoryCurves, step: number, look: MemoryLook): void {
  for (const twin of TWINS) {
    curves.loss.add(twin, step, look[twin].loss);
    curves.accuracy.add(twin, step, look[twin].accuracy);
    const ratio = ratioOf(look[twin]);
    if (Number.isFinite(ratio)) curves.ratio.add(twin, step, ratio);
  }
}
