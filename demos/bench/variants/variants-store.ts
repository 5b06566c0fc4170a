/** Kernels of this engine that compute the same, timed on this adapter by the engine's own tuner. Knows no DOM. */
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { TuningTable } from '../../../src/index.ts';
import { loadEngine } from '../engine.ts';
import type { Job } from '../job.ts';
import { PROFILED } from '../profile/profile-store.ts';
import { preparation } from '../run-case.ts';

export interface VariantsStore {
  readonly job: Job;
  readonly case: Signal<string>;
  /** All that is known of this adapter, from earlier visits too. */
  readonly table: ReadonlySignal<TuningTable | null>;
  /** What the last run added: keys of the table. */
  readonly fresh: ReadonlySignal<ReadonlySet<string>>;
  run(): Promise<void>;
}

export function createVariantsStore(job: Job): VariantsStore {
  const name = signal('mnist-mlp');
  const table = signal<TuningTable | null>(null);
  const fresh = signal<ReadonlySet<string>>(new Set());
  return {
    job,
    case: name,
    table,
    fresh,
    run: () =>
      job.run(async (say, stopped) => {
        const work = PROFILED.find((each) => each.name === name.value);
        if (!work) return;
        say(`${work.name} · loading`);
        const [engine, { tune, tuningTable }] = await Promise.all([
          loadEngine('wgrad'),
          import('../../../src/index.ts'),
        ]);
        await engine.start();
        table.value = tuningTable();
        const before = new Set(Object.keys(table.value.entries));
        const prepared = await preparation(engine, work)();
        try {
          say(`${work.name} · first step`);
          await prepared.run(1);
          table.value = await tune({
            signal: stopped,
            onProgress({ what, done, total }) {
              say(`${done + 1} of ${total} · ${what}`);
              table.value = tuningTable();
            },
          });
          stopped.throwIfAborted();
          fresh.value = new Set(Object.keys(table.value.entries).filter((key) => !before.has(key)));
        } finally {
          prepared.dispose();
        }
      }),
  };
}
