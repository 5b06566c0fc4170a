/**
 * A page without controls, for programs: `window.bench` measures what it is told and returns plain data. One fresh
 * browser for each call of `measure` or `cold` keeps a crash, and the caches of what ran before, away from the rest.
 */
import { findCase } from './cases/index.ts';
import { installCounters } from './counters.ts';
import { installGpuClock } from './gpu-clock.ts';
import { versionsOf, type EngineName } from './engine.ts';
import { readEnvironment } from './environment.ts';
import type { CaseResult, Environment, FirstStep, Protocol } from './result.ts';
import { runCase, runCold, type Progress } from './run-case.ts';

export interface BenchPage {
  environment(): Promise<Environment>;
  /** Of the engines that load; one that does not says why when it is measured. */
  versions(engines: readonly EngineName[]): Promise<Partial<Record<EngineName, string>>>;
  measure(name: string, engines: readonly EngineName[], protocol: Protocol): Promise<CaseResult>;
  cold(name: string, engine: EngineName, protocol: Protocol): Promise<FirstStep>;
}

declare global {
  interface Window {
    bench: BenchPage;
    /** Given by the program that opened the page. */
    reportProgress?: (progress: Progress) => void;
  }
}

installCounters();
installGpuClock();

window.bench = {
  environment: readEnvironment,
  versions: versionsOf,
  measure: (name, engines, protocol) =>
    runCase(findCase(name), engines, protocol, (progress) => window.reportProgress?.(progress)),
  cold: (name, engine, protocol) => runCold(findCase(name), engine, protocol),
};
