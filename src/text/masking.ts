/**
 * Hiding words of a text, for a model that learns to guess them. Devlin et al. 2019, arXiv:1810.04805, section 3.1.
 */
import type { Random } from '../data/random.ts';

export interface MaskOptions {
  /** How many tokens are to be guessed. */
  count: number;
  /** The id of `[MASK]`. */
  mask: number;
  /** Ids below this are never hidden: those of special tokens. */
  specials: number;
  /** How many ids there are, for those that take a token's place. */
  vocabulary: number;
  random: Random;
}

export interface MaskedText {
  /** The text with its hidden tokens: 8 of 10 are `[MASK]`, 1 is any other, 1 is itself. */
  readonly ids: Int32Array;
  /** Where tokens are to be guessed, `count` of them; the same one several times where there are too few. */
  readonly places: Int32Array;
  /** What they are. */
  readonly tokens: Int32Array;
}

/** @throws Error where the text has nothing but special tokens, or a number is out of range. */
export function maskTokens(ids: Int32Array, { count, mask, specials, vocabulary, random }: MaskOptions): MaskedText {
  if (!Number.isInteger(count) || count < 1 || !(specials < vocabulary) || !(mask >= 0 && mask < vocabulary))
    throw new Error(
      `maskTokens: count ${count} must be a whole number from 1, and mask ${mask} and specials ${specials} below the vocabulary of ${vocabulary}.`,
    );
  const words = [...ids.keys()].filter((place) => ids[place]! >= specials);
  if (words.length === 0)
    throw new Error(
      `maskTokens: none of ${ids.length} ids is a word: all are below specials, ${specials}. Leave this text out.`,
    );
  const order = random.permutation(words.length);
  const hidden = Int32Array.from(ids);
  const places = Int32Array.from({ length: count }, (_, at) => words[order[at % words.length]!]!);
  for (const place of new Set(places)) {
    const chance = random.uniform();
    if (chance < 0.8) hidden[place] = mask;
    else if (chance < 0.9) hidden[place] = specials + random.integer(vocabulary - specials);
  }
  return { ids: hidden, places, tokens: places.map((place) => ids[place]!) };
}
