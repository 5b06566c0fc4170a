/**
 * What a sweep comes to: how the time of a step or kernel grows beside its arithmetic, and what sizes that fill no block
 * lose against round ones. Plain numbers, for the page and the terminal.
 */
import { flopsOf } from '../cases/case.ts';
import type { Sweep } from '../cases/sweeps.ts';
import type { CaseResult } from '../result.ts';
import { median, quantile } from '../statistics.ts';

export interface Size {
  readonly at: number;
  /** Milliseconds: median, and the tenth and ninetieth of a hundred. */
  readonly ms: number;
  readonly low: number;
  readonly high: number;
  /** GFLOP/s */
  readonly rate: number;
  /** How many times the time and the arithmetic of the size before; null for the first, and beside a round size. */
  readonly growth: { readonly time: number; readonly arithmetic: number } | null;
  /** The rate as a share of that of the round size beside it. */
  readonly ofRound: { readonly round: number; readonly share: number } | null;
}

export interface Growth {
  /** Sizes grow, rather than lie beside round ones. */
  readonly grows: boolean;
  readonly sizes: readonly Size[];
  /** Sizes without a time, and why. */
  readonly failures: readonly { readonly at: number; readonly why: string }[];
}

export function growthOf(sweep: Sweep, results: readonly CaseResult[]): Growth {
  const failures: { at: number; why: string }[] = [];
  const measured = sweep.points.flatMap(({ at, work, near }) => {
    const ours = results.find((each) => each.case === work.name)?.engines.find(({ engine }) => engine === 'wgrad');
    if (!ours) return [];
    if (ours.failure !== null || ours.samples.length === 0) {
      failures.push({ at, why: ours.failure ?? 'no samples' });
      return [];
    }
    const flops = flopsOf(work)!;
    const ms = median(ours.samples);
    return [
      {
        at,
        near,
        flops,
        ms,
        low: quantile(ours.samples, 0.1),
        high: quantile(ours.samples, 0.9),
        rate: flops / ms / 1e6,
      },
    ];
  });
  const grows = sweep.points.every(({ near }) => near === undefined);
  const sizes = measured.map(({ near, flops, ...size }, index): Size => {
    const before = measured[index - 1];
    const round = measured.find(({ at }) => at === near);
    return {
      ...size,
      growth: before && grows ? { time: size.ms / before.ms, arithmetic: flops / before.flops } : null,
      ofRound: round ? { round: round.at, share: size.rate / round.rate } : null,
    };
  });
  return { grows, sizes, failures };
}

/** What the arithmetic alone would make of the smallest size's time, at each size. */
export function byArithmetic({ sizes }: Growth): { at: number; ms: number }[] {
  let ms = sizes[0]?.ms ?? 0;
  return sizes.map(({ at, growth }) => {
    ms *= growth?.arithmetic ?? 1;
    return { at, ms };
  });
}

/** The most that the time grew by beyond the arithmetic, from one size to the next; 1 where it grew as that or less. */
function excessOf({ sizes }: Growth): number {
  return Math.max(1, ...sizes.flatMap(({ growth }) => (growth ? growth.time / growth.arithmetic : [])));
}

/** The least share of a round size's rate; 1 where none lies beside one. */
function leastShareOf({ sizes }: Growth): number {
  return Math.min(1, ...sizes.flatMap(({ ofRound }) => ofRound?.share ?? []));
}

/** In a sentence. */
export function verdictOf(growth: Growth): string {
  if (!growth.grows) {
    if (growth.sizes.every(({ ofRound }) => ofRound === null)) return '';
    const share = leastShareOf(growth);
    return `The slowest of the others has ${(100 * share).toFixed(0)} % of the rate of the round size beside it.`;
  }
  if (growth.sizes.length < 2) return '';
  const excess = excessOf(growth);
  return excess > 1.005
    ? `From one size to the next the time grows by up to ${excess.toFixed(2)} times what the arithmetic does.`
    : 'From one size to the next the time never grows by more than the arithmetic does.';
}
