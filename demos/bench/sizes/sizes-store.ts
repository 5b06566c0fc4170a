/** Sweeps of this engine, measured one size after another by the benchmark's own protocol. Knows no DOM. */
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { SWEEPS, type Sweep } from '../cases/sweeps.ts';
import type { Job } from '../job.ts';
import { QUICK, type CaseResult } from '../result.ts';
import { runCase } from '../run-case.ts';
import { growthOf, type Growth } from './growth.ts';

export interface SizesStore {
  readonly job: Job;
  readonly sweep: Signal<string>;
  readonly chosen: ReadonlySignal<Sweep>;
  /** Of the chosen sweep; grows while it runs. */
  readonly growth: ReadonlySignal<Growth>;
  run(): Promise<void>;
}

export function createSizesStore(job: Job): SizesStore {
  const sweep = signal(SWEEPS[0]!.name);
  const results = signal<readonly CaseResult[]>([]);
  const chosen = computed(() => SWEEPS.find(({ name }) => name === sweep.value)!);
  return {
    job,
    sweep,
    chosen,
    growth: computed(() => growthOf(chosen.value, results.value)),
    run: () =>
      job.run(async (say, stopped) => {
        const { points, axis } = chosen.value;
        const works = points.map(({ work }) => work.name);
        results.value = results.value.filter((each) => !works.includes(each.case));
        for (const { at, work } of points) {
          const result = await runCase(
            work,
            ['wgrad'],
            { ...QUICK, coldStarts: 0 },
            ({ doing }) => say(`${axis} ${at} · ${doing}`),
            stopped,
          );
          stopped.throwIfAborted();
          results.value = [...results.value, result];
        }
      }),
  };
}
