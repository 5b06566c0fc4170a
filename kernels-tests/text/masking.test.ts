/** Hidden words: how often each is done to them, and what is left alone. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/data/random.ts';
import { maskTokens, type MaskOptions } from '../../src/text/masking.ts';

const MASK = 4;
const SPECIALS = 5;
const WORDS = 1000;
/** [CLS], 24 words, [SEP], 24 words, [SEP], padding. */
const IDS = Int32Array.of(
  2,
  ...Array.from({ length: 24 }, (_, at) => SPECIALS + 3 * at),
  3,
  ...Array.from({ length: 24 }, (_, at) => SPECIALS + 7 * at),
  3,
  0,
  0,
  0,
);

const options = (count: number, seed: number): MaskOptions => ({
  count,
  mask: MASK,
  specials: SPECIALS,
  vocabulary: SPECIALS + WORDS,
  random: new Random(seed),
});

describe('words that are hidden', () => {
  const texts = Array.from({ length: 1000 }, (_, seed) => maskTokens(IDS, options(20, seed)));

  test('are in 8 of 10 cases masked, in 1 another word, and in 1 themselves', () => {
    const counts = { masked: 0, other: 0, same: 0 };
    for (const { ids, places } of texts)
      for (const place of places)
        counts[ids[place] === MASK ? 'masked' : ids[place] === IDS[place] ? 'same' : 'other']++;
    const shares = Object.values(counts).map((count) => count / (20 * texts.length));
    // Four standard deviations of 20,000 draws. One in a thousand of the other words is the same by chance.
    [0.8, 0.1, 0.1].forEach((wanted, at) => {
      const tolerance = 4 * Math.sqrt((wanted * (1 - wanted)) / 20_000);
      expect(Math.abs(shares[at]! - wanted)).toBeLessThan(tolerance);
    });
  });

  test('are no special tokens, become none but the mask, and lie at places of their own', () => {
    const seen = new Set<number>();
    for (const { ids, places, tokens } of texts) {
      expect(new Set(places).size).toBe(20);
      expect(tokens).toEqual(places.map((place) => IDS[place]!));
      const hidden = new Set(places);
      ids.forEach((id, place) => {
        if (hidden.has(place)) seen.add(place);
        else if (id !== IDS[place]) throw new Error(`place ${place} became ${id} and is not to be guessed.`);
      });
      expect(Math.min(...tokens)).toBeGreaterThanOrEqual(SPECIALS);
      for (const place of places) expect(ids[place]).toBeGreaterThanOrEqual(MASK);
    }
    expect(seen.size).toBe(48);
  });

  test('are asked for again, in the same order, where there are too few', () => {
    const { places, tokens } = maskTokens(Int32Array.of(2, 7, 8, 3), options(5, 1));
    expect(places.slice(0, 2).sort()).toEqual(Int32Array.of(1, 2));
    expect([...places.subarray(2)]).toEqual([places[0], places[1], places[0]]);
    expect([...tokens]).toEqual([...places].map((place) => 6 + place));
  });

  test('are the same for the same seed, of a text that stays as it is', () => {
    const before = Int32Array.from(IDS);
    expect(maskTokens(IDS, options(20, 3))).toEqual(texts[3]);
    expect(IDS).toEqual(before);
  });

  test.each<[string, readonly number[], Partial<MaskOptions>, string]>([
    ['none of them', [7], { count: 0 }, 'maskTokens: count 0 must be a whole number from 1'],
    ['a part of one', [7], { count: 1.5 }, 'maskTokens: count 1.5'],
    [
      'a mask that is no id',
      [7],
      { mask: SPECIALS + WORDS },
      'maskTokens: count 2 must be a whole number from 1, and mask 1005',
    ],
    ['a vocabulary of special tokens', [7], { vocabulary: SPECIALS }, 'below the vocabulary of 5'],
    ['a text without words', [2, 3, 0], {}, 'maskTokens: none of 3 ids is a word: all are below specials, 5.'],
  ])('are refused for %s', (_, ids, wrong, message) => {
    expect(() => maskTokens(Int32Array.from(ids), { ...options(2, 0), ...wrong })).toThrow(message);
  });
});
