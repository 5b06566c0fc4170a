/**
 * A case's result as the rows of a table, with what readers compare: medians, spread, rates, and how this engine stands
 * to each peer. Page and terminal show the same rows. Knows no DOM and no terminal.
 */
import type { CaseResult, EngineResult, FirstStep } from './result.ts';
import { median, pairedRatio, quantile } from './statistics.ts';

export interface Row {
  readonly engine: string;
  readonly failure: string | null;
  readonly median: string;
  readonly spread: string;
  /** In compute passes: median ms less this is waiting and JavaScript. */
  readonly gpu: string;
  readonly rate: string;
  /** Of the bytes that an op must read and write at the least. */
  readonly bandwidth: string;
  readonly dispatches: string;
  readonly submits: string;
  readonly buffers: string;
  readonly first: string;
  /** How many times as fast as this engine wgrad is: of a peer's row alone. */
  readonly speedup: string;
  /** wgrad's first step as a share of this engine's. */
  readonly firstRatio: string;
  readonly error: string;
}

const OURS = 'wgrad';

export const HEADINGS: Readonly<Record<Exclude<keyof Row, 'failure'>, string>> = {
  engine: 'engine',
  median: 'median ms',
  spread: 'p10 – p90',
  gpu: 'GPU ms',
  rate: 'GFLOP/s',
  bandwidth: 'GB/s',
  dispatches: 'dispatches',
  submits: 'submits',
  buffers: 'new buffers',
  first: 'first step ms',
  speedup: 'wgrad against it',
  firstRatio: 'first step against it',
  error: 'error',
};

export function rowsOf(result: CaseResult): Row[] {
  const ours = result.engines.find(({ engine }) => engine === OURS);
  return result.engines.map((each) => rowOf(each, ours, result));
}

function rowOf(each: EngineResult, ours: EngineResult | undefined, { flops, bytes }: CaseResult): Row {
  const { engine, failure, samples, perIteration: calls, check } = each;
  const measured = failure === null && samples.length > 0;
  const peerOfOurs = ours !== undefined && ours !== each;
  const speedup = peerOfOurs && measured && ours.failure === null ? pairedRatio(samples, ours.samples) : NaN;
  const firstRatio = peerOfOurs ? firstMs(ours) / firstMs(each) : NaN;
  return {
    engine,
    failure: failure ?? each.coldFailure,
    median: measured ? milliseconds(median(samples)) : '',
    spread: measured ? `${milliseconds(quantile(samples, 0.1))} – ${milliseconds(quantile(samples, 0.9))}` : '',
    gpu: measured && each.gpuMs !== null ? milliseconds(each.gpuMs) : '',
    rate: measured && flops !== null ? giga(flops, median(samples)) : '',
    bandwidth: measured && bytes !== null ? giga(bytes, median(samples)) : '',
    dispatches: measured && calls ? tally(calls.dispatches) : '',
    submits: measured && calls ? tally(calls.submits) : '',
    buffers: measured && calls ? tally(calls.buffers) : '',
    first: failure === null ? milliseconds(firstMs(each)) : '',
    speedup: Number.isFinite(speedup) ? `${speedup.toPrecision(3)}x as fast` : '',
    firstRatio: Number.isFinite(firstRatio) ? `${firstRatio.toFixed(2)}x the time` : '',
    error: check ? check.error.toExponential(0) : '',
  };
}

/** Preparing and stepping once: cold where fresh browsers were at hand, else as the page had it. */
export function firstMs({ cold, first, failure }: EngineResult): number {
  if (failure !== null) return NaN;
  const runs = cold.length > 0 || first === null ? cold : [first];
  return median(runs.map(({ prepareMs, stepMs }: FirstStep) => prepareMs + stepMs));
}

function milliseconds(value: number): string {
  if (!Number.isFinite(value)) return '';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function giga(amount: number, ms: number): string {
  const rate = amount / ms / 1e6;
  return rate < 0.01 ? '< 0.01' : rate.toPrecision(rate < 1 ? 2 : 3);
}

/** Whole where it is whole; a pool that refills now and then gives parts. */
function tally(calls: number): string {
  return Number.isInteger(calls) ? String(calls) : calls.toFixed(1);
}
