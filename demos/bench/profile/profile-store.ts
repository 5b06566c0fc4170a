/** Profiles of this engine: one case prepared, warmed up and profiled. Knows no DOM. */
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { OpCase, TrainingCase } from '../cases/case.ts';
import { CASES } from '../cases/index.ts';
import { loadEngine } from '../engine.ts';
import type { Job } from '../job.ts';
import { createEditStore, type EditStore } from './edit-store.ts';
import { lengthOf, type Profiled } from './profiled.ts';
import { preparation } from '../run-case.ts';

/** A race's step is that of its members, stacked. */
export const PROFILED: readonly (OpCase | TrainingCase)[] = CASES.filter((work) => work.kind !== 'accuracy');

export interface ProfileStore {
  readonly job: Job;
  readonly case: Signal<string>;
  readonly found: ReadonlySignal<Profiled | null>;
  /** Index of the dispatch that is looked at. */
  readonly chosen: Signal<number | null>;
  readonly edit: EditStore;
  run(): Promise<void>;
}

const WARM_UPS = 3;

export function createProfileStore(job: Job): ProfileStore {
  const name = signal('mnist-mlp');
  const found = signal<Profiled | null>(null);
  const chosen = signal<number | null>(null);
  const edit = createEditStore(job);
  return {
    job,
    case: name,
    found,
    chosen,
    edit,
    run: () =>
      job.run(async (say, stopped) => {
        const work = PROFILED.find((each) => each.name === name.value);
        if (!work) return;
        say(`${work.name} · loading`);
        const [engine, { profile }, { default: sources }] = await Promise.all([
          loadEngine('wgrad'),
          import('../../../src/index.ts'),
          import('./shader-sources.ts'),
        ]);
        await engine.start();
        const prepared = await preparation(engine, work)();
        try {
          for (let turn = 0; turn < WARM_UPS; turn++) {
            stopped.throwIfAborted();
            say(`${work.name} · step ${turn + 1} of ${WARM_UPS} before the profile`);
            await prepared.run(1);
            await prepared.ready?.();
          }
          say(`${work.name} · profiling`);
          const step = await profile(() => prepared.run(1), { sources });
          stopped.throwIfAborted();
          const slowest = step.dispatches.reduce(
            (best, { gpu }, index) => (lengthOf(gpu) > lengthOf(step.dispatches[best]?.gpu ?? null) ? index : best),
            0,
          );
          edit.begin(null);
          found.value = { work, profile: step };
          chosen.value = step.dispatches.length > 0 ? slowest : null;
        } finally {
          prepared.dispose();
        }
      }),
  };
}
