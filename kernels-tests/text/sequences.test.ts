/** Lists of ids as arrays and batches, and beam search. */
import { describe, expect, test } from 'vitest';
import { beamSearch } from '../../src/text/beam-search.ts';
import { LengthBuckets } from '../../src/text/buckets.ts';
import { pad } from '../../src/text/padding.ts';
import { joinPair, joinPairs, padPairs } from '../../src/text/pairs.ts';
import { SequenceDataset } from '../../src/text/sequences.ts';

describe('padding', () => {
  test('fills lists up to the longest, or cuts and fills them to a length', () => {
    expect(pad([[1, 2, 3], [4]])).toEqual({ data: Int32Array.of(1, 2, 3, 4, 0, 0), shape: [2, 3] });
    expect(pad([[1, 2, 3], [4]], { length: 2, padding: 9 })).toEqual({
      data: Int32Array.of(1, 2, 4, 9),
      shape: [2, 2],
    });
  });

  test('puts the lists of pairs under one another', () => {
    expect(padPairs([[1], [2, 3]], [[4, 5], [6]])).toEqual({
      data: Int32Array.of(1, 0, 4, 5, 2, 3, 6, 0),
      shape: [2, 2, 2],
    });
  });

  test('joins pairs with separators and cuts the longer list first', () => {
    const options = { length: 8, start: 101, separator: 102 };
    expect(joinPair([1, 2], [3], options)).toEqual({
      ids: Int32Array.of(101, 1, 2, 102, 3, 102, 0, 0),
      types: Int32Array.of(0, 0, 0, 0, 1, 1, 0, 0),
    });
    expect(joinPair([1, 2, 3, 4, 5], [6, 7], options).ids).toEqual(Int32Array.of(101, 1, 2, 3, 102, 6, 7, 102));
    const both = joinPairs([[1, 2], [9]], [[3], [8]], options);
    expect(both.shape).toEqual([2, 2, 8]);
    expect(both.data.subarray(8, 24)).toEqual(Int32Array.of(0, 0, 0, 0, 1, 1, 0, 0, 101, 9, 102, 8, 102, 0, 0, 0));
  });

  test.each<[string, () => unknown, string]>([
    ['an empty list', () => pad([[1], []]), 'pad: list 1 is empty.'],
    ['no lists', () => pad([]), 'pad: there are no lists.'],
    ['a length of none', () => pad([[1]], { length: 0 }), 'pad: length must be a whole number from 1, got 0.'],
    ['unequal pairs', () => padPairs([[1]], []), 'padPairs: 1 first lists and 0 second ones.'],
    ['no pairs', () => joinPairs([], [], { length: 8, start: 1, separator: 2 }), 'joinPairs: 0 first lists'],
    ['a label too few', () => new SequenceDataset([[1]], []), 'SequenceDataset: 1 sequences and 0 labels.'],
    ['a multiple of none', () => new SequenceDataset([[1]], [0], { multiple: 0 }), 'multiple 0 must be whole'],
    ['batches of none', () => new LengthBuckets([3], { batchSize: 0 }), 'LengthBuckets: batchSize must be'],
    ['no lengths', () => new LengthBuckets([], { batchSize: 2 }), 'the number of lengths must be'],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('batches by length', () => {
  const lengths = Int32Array.from({ length: 1003 }, (_, index) => 5 + ((index * 37) % 60));

  test('hold every example once an epoch, another order each epoch, the same again for the same epoch', () => {
    const buckets = new LengthBuckets(lengths, { batchSize: 16, seed: 3 });
    const [one, again, other] = [buckets.batches(0), buckets.batches(0), buckets.batches(1)];
    expect(one).toHaveLength(buckets.length);
    expect(one.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test('are mostly words, where a shuffled order is to a third padding', () => {
    const padding = (batches: readonly Int32Array[]): number => {
      let [used, all] = [0, 0];
      for (const batch of batches) {
        const sizes = Array.from(batch, (index) => lengths[index]!);
        used += sizes.reduce((a, b) => a + b, 0);
        all += Math.max(...sizes) * sizes.length;
      }
      return 1 - used / all;
    };
    expect(padding(new LengthBuckets(lengths, { batchSize: 16 }).batches(0))).toBeLessThan(0.05);
    expect(padding(new LengthBuckets(lengths, { batchSize: 16, pool: 1 }).batches(0))).toBeGreaterThan(0.3);
  });

  test('are padded to a multiple of their own longest', () => {
    const set = new SequenceDataset([[1, 2, 3], [4], Array.from({ length: 40 }, () => 7)], [0, 1, 1], {
      maxLength: 20,
      multiple: 4,
    });
    expect(set.lengths).toEqual(Int32Array.of(3, 1, 20));
    const [ids, labels] = set.collate([set.get(0), set.get(1)]);
    expect(ids).toEqual({ data: Int32Array.of(1, 2, 3, 0, 4, 0, 0, 0), shape: [2, 4] });
    expect(labels).toEqual({ data: Int32Array.of(0, 1), shape: [2] });
    expect(set.collate([set.get(2)])[0].shape).toEqual([1, 20]);
  });
});

describe('beam search', () => {
  /** After nothing: a 0.6, b 0.4. After a: a 0.4, b 0.35, end 0.25. After b: end 0.9. */
  const chain = (sequences: readonly (readonly number[])[]): Float32Array =>
    Float32Array.from(
      sequences.flatMap((sequence) => {
        const last = sequence.at(-1);
        return last === 9 ? [0.6, 0.4, 0] : last === 0 ? [0.4, 0.35, 0.25] : [0.05, 0.05, 0.9];
      }),
      Math.log,
    );

  test('finds what is more probable in the end though its first step is not', async () => {
    const options = { maxLength: 3, end: 2 };
    const [greedy] = await beamSearch(chain, [9], { ...options, width: 1 });
    expect(greedy!.ids).toEqual([0, 0, 0]);
    const beams = await beamSearch(chain, [9], { ...options, width: 3 });
    expect(beams[0]!.ids).toEqual([1, 2]);
    expect(beams[0]!.logProbability).toBeCloseTo(Math.log(0.36));
    expect(beams.map(({ score }) => score)).toEqual(beams.map(({ score }) => score).sort((a, b) => b - a));
  });

  test('of a width that keeps all finds the best of all sequences', async () => {
    const beams = await beamSearch(chain, [9], { maxLength: 4, end: 2, width: 1000 });
    const probability = (ids: readonly number[]): number =>
      ids.reduce((sum, id, at) => sum + chain([[9, ...ids.slice(0, at)]])[id]!, 0);
    for (const { ids, logProbability } of beams) expect(logProbability).toBeCloseTo(probability(ids), 5);
    const total = beams.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
    expect(total).toBeCloseTo(1, 5);
  });

  test('gives long sequences a chance where lengths are made up for', async () => {
    const long = await beamSearch(chain, [9], { maxLength: 8, end: 2, width: 50, lengthPenalty: 3 });
    expect(long[0]!.ids.length).toBeGreaterThan(2);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['no width', () => beamSearch(chain, [9], { width: 0, maxLength: 2 }), 'beamSearch: width must be'],
    ['no length', () => beamSearch(chain, [9], { maxLength: 1.5 }), 'beamSearch: maxLength must be'],
    [
      'rows of no class',
      () => beamSearch(() => new Float32Array(0), [9], { maxLength: 2 }),
      '0 log-probabilities for 1',
    ],
  ])('refuses %s', async (_, make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});
