/** Medians and quantiles of samples. Knows nothing of what was measured. */

/** Linear between the samples next to it; NaN of no samples. */
export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const low = sorted[Math.floor(position)] ?? NaN;
  const high = sorted[Math.ceil(position)] ?? NaN;
  return low + (high - low) * (position - Math.floor(position));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** The median of a[i] / b[i]: samples of one round are neighbours in time, so noise that spans them cancels. */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  const pairs = Math.min(a.length, b.length);
  return median(Array.from({ length: pairs }, (_, index) => (a[index] ?? NaN) / (b[index] ?? NaN)));
}

/** Whether the last `count` samples differ by no more than `share` of the smallest. */
export function agree(samples: readonly number[], count: number, share: number): boolean {
  const last = samples.slice(-count);
  if (last.length < count) return false;
  const smallest = Math.min(...last);
  return Math.max(...last) - smallest <= share * smallest;
}
