/** The host's generator: repeatable, spread evenly, and shuffling to permutations. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.ts';

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uniform());

describe('Random', () => {
  it('gives the same numbers for the same seed and stream', () => {
    expect(draw(new Random(7, 3), 50)).toEqual(draw(new Random(7, 3), 50));
  });

  it('gives other numbers for another seed or another stream, also beyond 32 bits and below zero', () => {
    const firsts = [new Random(7), new Random(8), new Random(7, 1), new Random(7 + 2 ** 32), new Random(-7)].map(
      (random) => random.uint32(),
    );
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('keeps its sequence from release to release', () => {
    const random = new Random(42);
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        1226885665,
        3838075645,
        959470725,
      ]
    `);
  });

  it('draws uniformly from [0, 1): mean 1/2, variance 1/12, every bit of every word balanced', () => {
    const random = new Random(1);
    const numbers = draw(random, 100_000);
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    const ones = new Float64Array(32);
    for (let i = 0; i < 20_000; i++) {
      const word = random.uint32();
      for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] ?? 0) + ((word >>> bit) & 1);
    }
    for (const count of ones) expect(Math.abs(count / 20_000 - 0.5)).toBeLessThan(0.02);
  });

  it('draws normals of the asked mean and deviation', () => {
    const random = new Random(2);
    const numbers = Array.from({ length: 100_000 }, () => random.normal(3, 2));
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const deviation = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length);
    expect(mean).toBeCloseTo(3, 1);
    expect(deviation).toBeCloseTo(2, 1);
  });

  it('draws every integer below the bound about equally often', () => {
    const random = new Random(3);
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) {
      const value = random.integer(7);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('permutes: every number once, each place equally likely', () => {
    expect([...new Random(4).permutation(1000)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
    const at = new Int32Array(4);
    const random = new Random(5);
    for (let i = 0; i < 8000; i++) {
      const place = random.permutation(4).indexOf(0);
      at[place] = (at[place] ?? 0) + 1;
    }
    for (const count of at) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(random.permutation(0)).toHaveLength(0);
  });

  it('refuses seeds and bounds that are no integers', () => {
    expect(() => new Random(0.5)).toThrow('Random: seed must be an integer, got 0.5.');
    expect(() => new Random(NaN)).toThrow('seed must be an integer');
    expect(() => new Random(1).integer(0)).toThrow('Random.integer: bound must be an integer from 1 to 2^32, got 0.');
  });
});
