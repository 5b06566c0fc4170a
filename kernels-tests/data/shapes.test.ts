import { describe, expect, it } from 'vitest';
import { shapes } from '../../src/data/synthetic/index.ts';

/** The share of test pictures whose nearest class, by what `features` sees of them, is right. */
function nearestMean(features: (picture: Uint8Array) => number[]): number {
  const train = shapes({ n: 1500, seed: 1 });
  const test = shapes({ n: 500, seed: 2 });
  const of = ({ pixels }: typeof train, i: number): number[] => features(pixels.subarray(i * 3072, (i + 1) * 3072));
  const sums = train.classes.map(() => [] as number[]);
  const counts = train.classes.map(() => 0);
  train.labels.forEach((label, i) => {
    of(train, i).forEach((value, at) => (sums[label]![at] = (sums[label]![at] ?? 0) + value));
    counts[label]!++;
  });
  const means = sums.map((sum, label) => sum.map((value) => value / counts[label]!));
  const right = [...test.labels].filter((label, i) => {
    const own = of(test, i);
    const distances = means.map((mean) => mean.reduce((sum, value, at) => sum + (value - own[at]!) ** 2, 0));
    return distances.indexOf(Math.min(...distances)) === label;
  });
  return right.length / test.labels.length;
}

describe('shapes', () => {
  it('are the same for the same seed, and others for another', () => {
    const [a, b, c] = [shapes({ n: 20 }), shapes({ n: 20 }), shapes({ n: 20, seed: 1 })];
    expect(a).toEqual(b);
    expect(a.pixels).not.toEqual(c.pixels);
  });

  it('are bytes, of each class about as many', () => {
    const { pixels, labels, shape, classes } = shapes({ n: 203 });
    expect([pixels.length, shape, classes.length]).toEqual([203 * 3072, [3, 32, 32], 10]);
    const counts = classes.map((_, label) => labels.filter((own) => own === label).length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([20, 21]);
  });

  it('cannot be told apart by their colours', () => {
    const histogram = (picture: Uint8Array): number[] => {
      const bins = Array.from({ length: 24 }, () => 0);
      picture.forEach((value, at) => bins[8 * Math.floor(at / 1024) + (value >> 5)]!++);
      return bins;
    };
    expect(nearestMean(histogram)).toBeLessThan(0.25);
  });

  it('cannot be told apart by their mean pictures', () => {
    expect(nearestMean((picture) => [...picture])).toBeLessThan(0.3);
  });

  it('refuse counts and variations that cannot be', () => {
    expect(() => shapes({ n: 0 })).toThrow('shapes: n must be a whole number of at least 1, got 0.');
    expect(() => shapes({ variation: 3 })).toThrow('shapes: variation must be from 0 to 2, got 3.');
  });
});
