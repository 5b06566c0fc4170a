/**
 * Cutting text into words or characters. Knows no vocabulary.
 */

/**
 * In this order: a mark such as `<unk>`; a clitic such as `'s`; a number with its points and commas; a word, `n't`
 * included; any other sign by itself.
 */
const WORD =
  /<\p{L}+>|['’](?:s|re|ve|ll|d|m)(?![\p{L}\p{N}])|\p{N}+(?:[.,:]\p{N}+)*|[\p{L}\p{M}\p{N}_]+(?:['’]t)?|\S/gu;

/** Words in lower case, punctuation apart: `He didn't pay $2.5.` gives he, didn't, pay, $, 2.5 and a point. */
export function words(text: string): string[] {
  return text.normalize('NFC').toLowerCase().match(WORD) ?? [];
}

/** Unicode characters, as they are; a pair of surrogates is one. */
export function characters(text: string): string[] {
  return Array.from(text);
}

/** Shared words as a share of all: Jaccard 1901. 1 for two texts without words. */
export function jaccard(first: readonly string[], second: readonly string[]): number {
  const [a, b] = [new Set(first), new Set(second)];
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  const all = a.size + b.size - shared;
  return all ? shared / all : 1;
}
