/**
 * A result beside an earlier one: what became slower or faster, and what is not to be compared. Plain data in and out.
 */
import { adapterName } from './environment.ts';
import type { BenchResult, CaseResult } from './result.ts';
import { median, quantile } from './statistics.ts';

export interface Change {
  readonly case: string;
  readonly title: string;
  /** Median milliseconds of this engine. */
  readonly before: number;
  readonly now: number;
  /** now / before, each relative to the same peer where both runs have one: a slower machine does not show. */
  readonly ratio: number;
  /** What the ratio is relative to; null where it is of the bare times. */
  readonly relativeTo: string | null;
  readonly verdict: 'slower' | 'faster' | 'same';
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** Why the numbers may differ for other reasons than the code. */
  readonly caveats: readonly string[];
}

const OURS = 'wgrad';

/** A change smaller than this is noise, whatever the spread. */
const NOISE = 0.05;

/** Cases of `now` that `before` has too, with numbers in both. */
export function compare(before: BenchResult, now: BenchResult): Comparison {
  const caveats: string[] = [];
  const note = (what: string, a: unknown, b: unknown): void => {
    if (a !== b) caveats.push(`${what} was ${String(a)} and is ${String(b)}.`);
  };
  note('The adapter', adapterName(before.environment), adapterName(now.environment));
  note('The browser', before.environment.browser, now.environment.browser);
  note('The number of cores', before.environment.cores, now.environment.cores);
  const earlier = new Map(before.cases.map((each) => [each.case, each]));
  const changes = now.cases.flatMap((each) => {
    const old = earlier.get(each.case);
    return old ? changeOf(old, each) : [];
  });
  return { changes, caveats };
}

function changeOf(before: CaseResult, now: CaseResult): Change[] {
  const a = samplesOf(before, OURS);
  const b = samplesOf(now, OURS);
  if (a.length === 0 || b.length === 0) return [];
  const peer = now.engines.find(
    ({ engine }) => engine !== OURS && samplesOf(now, engine).length > 0 && samplesOf(before, engine).length > 0,
  )?.engine;
  const peers = peer ? [samplesOf(before, peer), samplesOf(now, peer)] : [];
  const [peerBefore = [1], peerNow = [1]] = peers;
  const machine = median(peerNow) / median(peerBefore);
  const ratio = median(b) / median(a) / machine;
  // What the samples of either run spread by must not count as a change.
  const spread = Math.max(NOISE, ...[a, b, ...peers].map(spreadOf));
  const verdict = ratio > 1 + spread ? 'slower' : ratio < 1 / (1 + spread) ? 'faster' : 'same';
  const { case: name, title } = now;
  return [{ case: name, title, before: median(a), now: median(b), ratio, relativeTo: peer ?? null, verdict }];
}

/** Half of the way from p10 to p90, relative to the median. */
function spreadOf(samples: readonly number[]): number {
  return (quantile(samples, 0.9) - quantile(samples, 0.1)) / 2 / median(samples);
}

function samplesOf({ engines }: CaseResult, name: string): readonly number[] {
  const found = engines.find(({ engine }) => engine === name);
  return found && found.failure === null ? found.samples : [];
}
