/** Measured kernels as points under a roof. Knows no DOM. */
import type { CaseResult } from '../result.ts';
import { median } from '../statistics.ts';
import { roofAt, type Roof } from './roof.ts';

export interface Point {
  readonly case: string;
  readonly title: string;
  readonly engine: string;
  /** Flops a byte that must be moved at the least. */
  readonly intensity: number;
  /** GFLOP/s: of the time on the GPU where it is known, else until the result is there. */
  readonly rate: number;
  /** Of the roof at that intensity. */
  readonly share: number;
  /** What bounds it there. */
  readonly bound: 'memory' | 'arithmetic';
}

export function pointsOf(results: readonly CaseResult[], roof: Roof): Point[] {
  return results.flatMap(({ case: name, title, flops, bytes, engines }) =>
    bytes === null || flops === null
      ? []
      : engines.flatMap(({ engine, failure, samples, gpuMs }): Point[] => {
          const milliseconds = gpuMs ?? median(samples);
          if (failure !== null || !(milliseconds > 0)) return [];
          const intensity = flops / bytes;
          const rate = flops / milliseconds / 1e6;
          const bound = roof.bandwidth * intensity < roof.compute ? 'memory' : 'arithmetic';
          return [{ case: name, title, engine, intensity, rate, share: rate / roofAt(roof, intensity), bound }];
        }),
  );
}
