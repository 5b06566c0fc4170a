/**
 * The state of the benchmark's page: what is chosen, what is running, what came of it. Measures only while the page is
 * in sight, for browsers slow down what nobody sees. Knows no DOM but that.
 */
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { version } from '../../package.json';
import { CASES } from './cases/index.ts';
import { ENGINES, enginesFor, loadEngine, type EngineName } from './engine.ts';
import { readEnvironment } from './environment.ts';
import { FORMAT, FULL, QUICK, type BenchResult, type CaseResult, type Environment } from './result.ts';
import { reasonOf, runCase } from './run-case.ts';

export type Depth = 'quick' | 'full';

export interface BenchStore {
  readonly cases: Signal<ReadonlySet<string>>;
  readonly engines: Signal<ReadonlySet<EngineName>>;
  readonly depth: Signal<Depth>;
  readonly environment: ReadonlySignal<Environment | null>;
  /** What is being done now; null where nothing is. */
  readonly progress: ReadonlySignal<string | null>;
  readonly results: ReadonlySignal<readonly CaseResult[]>;
  /** Why the last run ended early, or why none can begin. */
  readonly problem: ReadonlySignal<string | null>;
  readonly canRun: ReadonlySignal<boolean>;
  run(): Promise<void>;
  stop(): void;
  /** Null before there is anything to export. */
  export(): BenchResult | null;
}

const HIDDEN = 'The page was not in sight, and browsers slow down what nobody sees. Keep it in front and run again.';

export function createBenchStore(): BenchStore {
  const cases = signal<ReadonlySet<string>>(new Set(CASES.map(({ name }) => name)));
  const engines = signal<ReadonlySet<EngineName>>(new Set(ENGINES));
  const depth = signal<Depth>('quick');
  const environment = signal<Environment | null>(null);
  const progress = signal<string | null>(null);
  const results = signal<readonly CaseResult[]>([]);
  const problem = signal<string | null>(null);
  let controller: AbortController | null = null;
  let last: Omit<BenchResult, 'cases'> | null = null;

  readEnvironment()
    .then((found) => (environment.value = found))
    .catch((error: unknown) => (problem.value = reasonOf(error)));
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) controller?.abort(new Error(HIDDEN));
  });

  async function run(): Promise<void> {
    if (controller || !environment.value) return;
    problem.value = document.hidden ? HIDDEN : null;
    if (document.hidden) return;
    const { signal: stopped } = (controller = new AbortController());
    const protocol = { ...(depth.value === 'quick' ? QUICK : FULL), coldStarts: 0 };
    const chosen = ENGINES.filter((name) => engines.value.has(name));
    results.value = [];
    progress.value = 'loading the engines';
    try {
      const versions = await versionsOf(chosen);
      last = {
        format: FORMAT,
        date: new Date().toISOString(),
        wgrad: { version, commit: null },
        environment: environment.value,
        options: protocol,
        engines: versions,
      };
      for (const work of CASES.filter(({ name }) => cases.value.has(name))) {
        const onProgress = (now: { engine: string | null; doing: string }): void => {
          progress.value = [work.name, now.engine, now.doing].filter(Boolean).join(' · ');
        };
        const result = await runCase(work, enginesFor(work, chosen), protocol, onProgress, stopped);
        stopped.throwIfAborted();
        results.value = [...results.value, result];
      }
    } catch (error) {
      if (!stopped.aborted) problem.value = reasonOf(error);
      else if (stopped.reason instanceof Error) problem.value = reasonOf(stopped.reason);
    } finally {
      controller = null;
      progress.value = null;
    }
  }

  return {
    cases,
    engines,
    depth,
    environment,
    progress,
    results,
    problem,
    canRun: computed(() => environment.value !== null && cases.value.size > 0 && engines.value.size > 0),
    run,
    stop: () => controller?.abort('stopped'),
    export: () => (last && results.value.length > 0 ? { ...last, cases: results.value } : null),
  };
}

/** Of those that load; one that does not says why in its row. */
async function versionsOf(names: readonly EngineName[]): Promise<Partial<Record<EngineName, string>>> {
  const loaded = await Promise.allSettled(names.map(loadEngine));
  const found = loaded.filter((each) => each.status === 'fulfilled').map(({ value }) => value);
  return Object.fromEntries(found.map((engine) => [engine.name, engine.version]));
}
