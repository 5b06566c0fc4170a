/**
 * The runs on the same test pairs, this one and those before it, so that one can be held against another: one direction
 * against both, from scratch against pre-trained, frozen against whole. Draws nothing.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import type { metrics } from '../../src/index.ts';
import { encode } from '../shared/address.ts';
import type { Curves } from '../shared/curves.ts';
import type { RunStore } from '../shared/run-store.ts';
import { DEFAULTS, LOOKS, schema, type RnnConfig } from './config.ts';
import type { Looks } from './looks.ts';
import { isPairsTask, type PairsTask } from './pairs-probe.ts';

export interface Run {
  readonly config: RnnConfig;
  readonly epoch: number;
  readonly step: number;
  /** The newest, of the test pairs that are scored while training. */
  readonly scores: metrics.BinaryScores;
  readonly curves: Curves;
}

/** More would be neither told apart nor remembered. */
const MOST = 12;

/** The newest last: the one under way, once it has been scored. */
export function createRuns(run: RunStore, looks: Pick<Looks, 'pairs' | 'pairsCurves'>): ReadonlySignal<readonly Run[]> {
  const runs = signal<readonly Run[]>([]);
  let task: PairsTask | null = null;
  effect(() => {
    const look = looks.pairs.value;
    const curves = looks.pairsCurves.peek();
    const now = run.task.peek();
    if (!look || !now || !isPairsTask(now) || curves.size === 0 || run.past.peek()) return;
    const { epoch, step } = run.progress.peek();
    const others = task && sameTests(task, now) ? runs.peek().filter(({ config }) => !isSame(config, now.config)) : [];
    task = now;
    runs.value = [...others, { config: now.config, epoch, step, scores: look.scores, curves }].slice(-MOST);
  });
  return runs;
}

function sameTests({ data: { test: a } }: PairsTask, { data: { test: b } }: PairsTask): boolean {
  const same = (one: readonly string[], other: readonly string[]): boolean =>
    one.length === other.length && one.every((sentence, at) => sentence === other[at]);
  return same(a.first, b.first) && same(a.second, b.second);
}

/** Apart from how it is looked at, and how long it goes on. */
function isSame(a: RnnConfig, b: RnnConfig): boolean {
  const kind = (config: RnnConfig): string =>
    encode(schema, {
      ...config,
      ...Object.fromEntries([...LOOKS, 'epochs' as const].map((key) => [key, DEFAULTS[key]])),
    });
  return kind(a) === kind(b);
}
