/**
 * Stages: a plan's lists of steps, of which each run records one. The first runs take kernels that compile quickly, while
 * the fast ones compile behind them.
 *
 * From which run on the fast ones are used is fixed when the plan is made, or asked for (`ready`), whether they are compiled
 * or not: the same program makes the same steps every time.
 */
import type { PipelineCache } from '../../gpu/pipelines.ts';
import type { PreparedStep, Range } from './bound.ts';
import type { Lowering, Step } from './lower.ts';

/** What a run records. */
export interface Stage {
  /** What its passes are called. */
  readonly label: string;
  readonly steps: readonly PreparedStep[];
  /** Begins to compile, at the latest when first asked for. */
  readonly ready: Promise<unknown>;
  isReady: boolean;
  hasRun: boolean;
  /** Whether it can be recorded where a run's externals lie; always, unless there is something to ask. */
  readonly fits?: (ranges: readonly (Range | null)[]) => boolean;
}

/** Steps that are prepared when they are first wanted. */
export class LazyStage implements Stage {
  readonly label: string;
  isReady = false;
  hasRun = false;
  private readonly list: readonly Step[];
  private readonly prepare: (step: Step) => PreparedStep;
  private readonly patient: boolean;
  private prepared: readonly PreparedStep[] | null = null;
  private compiling: Promise<unknown> | null = null;

  /** @param patient compiles one kernel after another, so that what is wanted at once need not wait for all */
  constructor(
    label: string,
    steps: readonly Step[],
    { prepare, patient }: { prepare: (step: Step) => PreparedStep; patient: boolean },
  ) {
    this.label = label;
    this.list = steps;
    this.prepare = prepare;
    this.patient = patient;
  }

  get steps(): readonly PreparedStep[] {
    this.prepared ??= this.list.map(this.prepare);
    return this.prepared;
  }

  get ready(): Promise<unknown> {
    if (!this.compiling) {
      this.compiling = this.compile();
      this.compiling.catch(() => undefined);
    }
    return this.compiling;
  }

  private async compile(): Promise<void> {
    if (this.patient) for (const step of this.list) await this.prepare(step).pipeline.ready;
    else await Promise.all(this.steps.map(({ pipeline }) => pipeline.ready));
    this.isReady = true;
  }
}

/** Of SwiftShader as measured, of GPUs a guess: parts of its times, and milliseconds to start a dispatch. */
const PACE = {
  software: { compile: 1, run: 1, dispatch: 0.02 },
  hardware: { compile: 0.2, run: 0.005, dispatch: 0.03 },
};
/** However short a run is, so many are enough. */
const MOST_RUNS = 48;

/** How many runs of a plan the fast kernels take to compile that no plan has waited for. */
export function runsMeanwhile(lowered: readonly Lowering[], pipelines: PipelineCache, software: boolean): number {
  const pace = PACE[software ? 'software' : 'hardware'];
  const compile = new Map<string, number>();
  let run = 0;
  for (const { steps, early } of lowered) {
    run += steps.length * pace.dispatch;
    if (!early) continue;
    const keys = steps.map(({ what }) => pipelines.keyOf(what));
    if (keys.some((key) => !pipelines.awaited.has(key))) compile.set(keys.join(), early.compile * pace.compile);
    run += early.run * pace.run;
  }
  const all = [...compile.values()].reduce((sum, each) => sum + each, 0);
  return Math.min(MOST_RUNS, Math.ceil(all / run));
}
