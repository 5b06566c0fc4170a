/** From what the runners did to what is shown of each variant: mean, band and deviation over its seeds. Draws nothing. */
import type { Standing } from './race-field.ts';

export type Measure = 'losses' | 'accuracies';

export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Standard deviation of the sample; 0 for one seed. */
  readonly sd: number;
}

/** Over the seeds of one variant; null where one of them is no number any more. */
export function spreadOf(standing: Standing, measure: Measure, variant: number, seeds: number): Spread | null {
  const values = standing[measure].subarray(variant * seeds, (variant + 1) * seeds);
  if (!standing.losses.subarray(variant * seeds, (variant + 1) * seeds).every(Number.isFinite)) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    low: Math.min(...values),
    high: Math.max(...values),
    sd: seeds > 1 ? Math.sqrt(squares / (seeds - 1)) : 0,
  };
}
