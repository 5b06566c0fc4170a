/**
 * What a run of the benchmark leaves behind: plain data, the same in the page, in the terminal and in the file. A
 * change that old readers would misread raises FORMAT.
 */
import type { Counts } from './counters.ts';
import type { EngineName } from './engine.ts';

export const FORMAT = 1;

export interface BenchResult {
  readonly format: typeof FORMAT;
  /** ISO 8601 */
  readonly date: string;
  readonly wgrad: { readonly version: string; readonly commit: string | null };
  readonly environment: Environment;
  readonly options: Protocol;
  readonly engines: Readonly<Partial<Record<EngineName, string>>>;
  readonly cases: readonly CaseResult[];
}

export interface Environment {
  /** Product and version, such as "Chrome/142.0.1". */
  readonly browser: string;
  readonly userAgent: string;
  readonly cores: number;
  readonly adapter: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly software: boolean;
    readonly subgroups: readonly [least: number, most: number];
  };
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

export interface Protocol {
  /** Samples of each engine. */
  readonly rounds: number;
  /** What a sample of the fastest engine takes at least, and what it is meant to take. */
  readonly leastSampleMs: number;
  readonly sampleMs: number;
  /** A sample of the slowest engine is kept under this where the fastest's allows it. */
  readonly mostSampleMs: number;
  /** An engine stops taking samples once it has spent this, if it has `leastRounds`. */
  readonly budgetMs: number;
  readonly leastRounds: number;
  readonly warmUpMs: number;
  /** One preparation, step or sample that takes longer fails. */
  readonly timeoutMs: number;
  /** Fresh browsers for each engine's first step; 0 where only a page is at hand. */
  readonly coldStarts: number;
}

export const FULL: Protocol = {
  rounds: 20,
  leastSampleMs: 20,
  sampleMs: 100,
  mostSampleMs: 2000,
  budgetMs: 60_000,
  leastRounds: 7,
  warmUpMs: 5000,
  timeoutMs: 120_000,
  coldStarts: 3,
};

export const QUICK: Protocol = {
  ...FULL,
  rounds: 5,
  sampleMs: 50,
  mostSampleMs: 1000,
  budgetMs: 10_000,
  leastRounds: 3,
  warmUpMs: 1000,
  coldStarts: 1,
};

export interface CaseResult {
  readonly case: string;
  readonly title: string;
  /** Floating-point operations of one iteration; null where their number depends on how it goes. */
  readonly flops: number | null;
  /** What an op must read and write at the least; null for a step. */
  readonly bytes: number | null;
  /** Iterations a sample, the same for every engine. */
  readonly iterations: number | null;
  readonly engines: readonly EngineResult[];
}

export interface EngineResult {
  readonly engine: EngineName;
  /** Why there are no numbers. */
  readonly failure: string | null;
  /** Milliseconds an iteration, one value a round. */
  readonly samples: readonly number[];
  readonly check: Check | null;
  /** Milliseconds in compute passes of one iteration, waiting apart; null without timestamps. */
  readonly gpuMs: number | null;
  /** Calls that one more iteration makes. */
  readonly perIteration: Counts | null;
  /** In a page that other engines share, so not cold. */
  readonly first: FirstStep | null;
  readonly cold: readonly FirstStep[];
  readonly coldFailure: string | null;
  /** False where the time of the warm-up was up before three samples agreed. */
  readonly settled: boolean;
}

export interface Check {
  /** Largest error against float64, relative. */
  readonly error: number;
  readonly tolerance: number;
  /** The first losses, of a training case. */
  readonly losses: readonly number[] | null;
}

export interface FirstStep {
  /** Getting a device, uploading and building, and the first iteration until its result is there. */
  readonly startMs: number;
  readonly prepareMs: number;
  readonly stepMs: number;
}
