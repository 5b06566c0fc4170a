/**
 * The state of the benchmark's page: what is chosen, what is running, what came of it. Knows no DOM.
 */
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { version } from '../../package.json';
import type { Case } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { ENGINES, enginesFor, versionsOf, type EngineName } from './engine.ts';
import { readEnvironment } from './environment.ts';
import { createJob, type Job } from './job.ts';
import { FORMAT, FULL, QUICK, type BenchResult, type CaseResult, type Environment, type Protocol } from './result.ts';
import { measureRoof, type Roof } from './roofline/roof.ts';
import { reasonOf, runCase } from './run-case.ts';
import { resultIn } from './share.ts';

export type Depth = 'quick' | 'full';

export interface BenchStore {
  readonly job: Job;
  readonly cases: Signal<ReadonlySet<string>>;
  readonly engines: Signal<ReadonlySet<EngineName>>;
  readonly depth: Signal<Depth>;
  readonly environment: ReadonlySignal<Environment | null>;
  readonly results: ReadonlySignal<readonly CaseResult[]>;
  readonly roof: ReadonlySignal<Roof | null>;
  readonly canRun: ReadonlySignal<boolean>;
  run(): Promise<void>;
  /** The roof, and this engine's kernels that have no result yet. */
  runRoofline(): Promise<void>;
  /** Whose results are shown: null where they are this page's own. */
  readonly shared: ReadonlySignal<BenchResult | null>;
  /** Null before there is anything to export. */
  export(): BenchResult | null;
}

/** Kernels of one dispatch or two, which a point under the roof can stand for. */
const KERNELS = CASES.filter((each) => each.kind === 'op' && each.op !== 'conv2dPasses');

export function createBenchStore(): BenchStore {
  const job = createJob();
  const cases = signal<ReadonlySet<string>>(new Set(['matmul-512', 'softmax', 'tiny-mlp', 'mnist-mlp']));
  const engines = signal<ReadonlySet<EngineName>>(new Set(ENGINES));
  const depth = signal<Depth>('quick');
  const environment = signal<Environment | null>(null);
  const results = signal<readonly CaseResult[]>([]);
  const roof = signal<Roof | null>(null);
  const shared = signal<BenchResult | null>(null);
  let last: Omit<BenchResult, 'cases'> | null = null;

  readEnvironment()
    .then((found) => (environment.value = found))
    .catch((error: unknown) => (job.problem.value = reasonOf(error)));

  resultIn(location.hash)
    .then((found) => {
      if (!found || results.value.length > 0) return;
      shared.value = last = found;
      results.value = found.cases;
    })
    .catch((error: unknown) => (job.problem.value = reasonOf(error)));

  const measure = async (
    works: readonly Case[],
    chosen: readonly EngineName[],
    protocol: Protocol,
    say: (what: string) => void,
    stopped: AbortSignal,
  ): Promise<void> => {
    const found = environment.value;
    if (!found) return;
    // Times of another machine do not belong beside this one's.
    if (shared.value) [results.value, shared.value, last] = [[], null, null];
    const versions = { ...last?.engines, ...(await versionsOf(chosen)) };
    const date = new Date().toISOString();
    const wgrad = { version, commit: null };
    last = { format: FORMAT, date, wgrad, environment: found, options: protocol, engines: versions };
    for (const work of works) {
      const onProgress = (now: { engine: string | null; doing: string }): void =>
        say([work.name, now.engine, now.doing].filter(Boolean).join(' · '));
      const result = await runCase(work, enginesFor(work, chosen), protocol, onProgress, stopped);
      stopped.throwIfAborted();
      results.value = [...results.value.filter((each) => each.case !== work.name), result];
    }
  };

  return {
    job,
    cases,
    engines,
    depth,
    environment,
    results,
    roof,
    shared,
    canRun: computed(() => environment.value !== null && cases.value.size > 0 && engines.value.size > 0),
    run: () =>
      job.run(async (say, stopped) => {
        results.value = [];
        const protocol = { ...(depth.value === 'quick' ? QUICK : FULL), coldStarts: 0 };
        const chosen = ENGINES.filter((name) => engines.value.has(name));
        const works = CASES.filter(({ name }) => cases.value.has(name));
        await measure(works, chosen, protocol, say, stopped);
      }),
    runRoofline: () =>
      job.run(async (say, stopped) => {
        say('the roof: triad and multiply-adds');
        if (shared.value) results.value = [];
        roof.value = await measureRoof(environment.value?.adapter.software ?? false, stopped);
        const known = new Set(results.value.map((each) => each.case));
        const works = KERNELS.filter(({ name }) => !known.has(name));
        // Beside results, as these were measured.
        const { options } = (results.value.length > 0 && last) || { options: { ...QUICK, coldStarts: 0 } };
        await measure(works, ['wgrad'], options, say, stopped);
      }),
    export: () => (last && results.value.length > 0 ? { ...last, cases: results.value } : null),
  };
}
