/**
 * The protocol: warm up, agree on how many iterations a sample has, sample the engines in turn.
 *
 * Engines alternate (A B C, C B A, A B C, ...) so that whatever the machine does besides falls on all of them. Knows
 * nothing of cases and engines: a lane is a function that iterates.
 */
import type { Protocol } from './result.ts';
import { agree, median } from './statistics.ts';

export interface Lane {
  /** Iterates, and resolves when the GPU is done. */
  readonly run: (iterations: number) => Promise<unknown>;
  /** Milliseconds an iteration, one value a round. */
  readonly samples: number[];
  readonly fail: (error: unknown) => void;
  failed: boolean;
  /** Milliseconds an iteration, as the warm-up left it. */
  estimate: number;
}

/** Runs until three samples agree within 5 %, or the time is up. Returns whether they agreed. */
export async function warmUp(lane: Lane, { warmUpMs, leastSampleMs }: Protocol): Promise<boolean> {
  const start = performance.now();
  const samples: number[] = [];
  let iterations = 1;
  do {
    const took = await time(() => lane.run(iterations));
    samples.push(took / iterations);
    // Samples of another length are not to be compared with.
    if (took < leastSampleMs && iterations < 1000) {
      iterations = Math.ceil(iterations * Math.min(10, (1.2 * leastSampleMs) / Math.max(took, 0.1)));
      samples.length = 0;
    }
  } while (!agree(samples, 3, 0.05) && (samples.length === 0 || performance.now() - start < warmUpMs));
  lane.estimate = median(samples.slice(-3));
  return agree(samples, 3, 0.05);
}

/** One number for all engines: a read at the end of a sample must weigh the same on each. */
export function iterationsFor(lanes: readonly Lane[], { sampleMs, leastSampleMs, mostSampleMs }: Protocol): number {
  const fastest = Math.min(...lanes.map(({ estimate }) => estimate));
  const slowest = Math.max(...lanes.map(({ estimate }) => estimate));
  const wanted = Math.min(sampleMs / fastest, mostSampleMs / slowest);
  return Math.max(1, Math.round(wanted), Math.ceil(leastSampleMs / fastest));
}

/** Takes every lane's samples; a lane that throws fails and leaves the rest running. */
export async function sampleInTurn(
  lanes: readonly Lane[],
  iterations: number,
  protocol: Protocol,
  onRound: (round: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let round = 0; round < protocol.rounds; round++) {
    onRound(round);
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      signal?.throwIfAborted();
      if (lane.failed || exhausted(lane, iterations, protocol)) continue;
      try {
        const took = await time(() => within(protocol.timeoutMs, 'a sample', lane.run(iterations)));
        lane.samples.push(took / iterations);
      } catch (error) {
        lane.failed = true;
        lane.fail(error);
      }
    }
  }
}

function exhausted({ samples }: Lane, iterations: number, { budgetMs, leastRounds }: Protocol): boolean {
  const spent = iterations * samples.reduce((sum, sample) => sum + sample, 0);
  return samples.length >= leastRounds && spent > budgetMs;
}

export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** @throws when `work` is not done in time. What it began goes on, for nothing can end it. */
export async function within<T>(milliseconds: number, what: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${milliseconds / 1000} s.`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
