/** Vocabularies and the cutting of text into tokens. */
import { describe, expect, test } from 'vitest';
import { characters, jaccard, words } from '../../src/text/tokenize.ts';
import { Vocabulary, type VocabularyJson } from '../../src/text/vocabulary.ts';

const built = (options?: object): string[] => [
  ...Vocabulary.build([['b', 'a', 'c', 'a'], ['a', 'c', 'd'], ['[PAD]']], options).tokens,
];

describe('a vocabulary', () => {
  test('has special tokens first, then the most frequent, then the first in the alphabet', () => {
    expect(built()).toEqual(['[PAD]', '[UNK]', 'a', 'c', 'b', 'd']);
    expect(built({ minFrequency: 2 })).toEqual(['[PAD]', '[UNK]', 'a', 'c']);
    expect(built({ maxSize: 5 })).toEqual(['[PAD]', '[UNK]', 'a', 'c', 'b']);
    expect(built({ specials: [], unknown: null, minFrequency: 3 })).toEqual(['a']);
  });

  test('gives the ids of tokens, that of the unknown for others, and tokens of ids', () => {
    const vocabulary = Vocabulary.build([['x', 'y', 'x']]);
    expect(vocabulary.encode(['y', 'x', 'z', '[PAD]'])).toEqual(Int32Array.of(3, 2, 1, 0));
    expect(vocabulary.decode([3, 2, 1])).toEqual(['y', 'x', '[UNK]']);
    expect([vocabulary.size, vocabulary.has('x'), vocabulary.has('z')]).toEqual([4, true, false]);
  });

  test('comes back from its JSON as it was', () => {
    const one = new Vocabulary(['<unk>', 'a', '"', '😀'], { unknown: '<unk>' });
    const other = Vocabulary.fromJSON(JSON.parse(JSON.stringify(one)) as VocabularyJson);
    expect(other.tokens).toEqual(one.tokens);
    expect(other.id('none')).toBe(0);
    const strict = Vocabulary.fromJSON(new Vocabulary(['a'], { unknown: null }).toJSON());
    expect(strict.unknownId).toBeNull();
  });

  test.each<[string, () => unknown, string]>([
    ['a token twice', () => new Vocabulary(['[UNK]', 'a', 'a']), 'Vocabulary: token "a" has the ids 1 and 2.'],
    ['no unknown token', () => new Vocabulary(['a']), 'the unknown token "[UNK]" is not among the 1 tokens'],
    [
      'an unknown word without a token for it',
      () => new Vocabulary(['a'], { unknown: null }).id('b'),
      '"b" is not among',
    ],
    [
      'an id above all',
      () => Vocabulary.build([['a']]).token(3),
      'id 3 is out of range. There are 3 tokens, from 0 to 2.',
    ],
    ['an id below all', () => Vocabulary.build([['a']]).decode([0, -1]), 'id -1 is out of range'],
    ['no room', () => built({ maxSize: 2 }), 'maxSize 2 must be above the 2 special tokens'],
    ['a frequency of none', () => built({ minFrequency: 0 }), 'minFrequency 0 at least 1'],
    ['other JSON', () => Vocabulary.fromJSON({ tokens: 3 } as never), 'fromJSON needs { tokens, unknown }'],
    ['no JSON', () => Vocabulary.fromJSON(null as never), 'fromJSON needs'],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

test.each([
  ["He didn't pay $2.5 million, she said.", ['he', "didn't", 'pay', '$', '2.5', 'million', ',', 'she', 'said', '.']],
  ["Dominick's ice-cream", ['dominick', "'s", 'ice', '-', 'cream']],
  ['“Ça va?” \t 10,000', ['“', 'ça', 'va', '?', '”', '10,000']],
  ['the <unk> @-@ x', ['the', '<unk>', '@', '-', '@', 'x']],
  ['cafe\u0301', ['caf\u00e9']],
  ['  ', []],
])('words of %j', (text, wanted) => {
  expect(words(text)).toEqual(wanted);
});

test('characters are those of Unicode, and their case stays', () => {
  expect(characters('aB \n😀')).toEqual(['a', 'B', ' ', '\n', '😀']);
});

test('word overlap counts each word once', () => {
  expect(jaccard(['a', 'b', 'b'], ['b', 'c'])).toBeCloseTo(1 / 3);
  expect([jaccard([], []), jaccard(['a'], []), jaccard(['a'], ['a', 'a'])]).toEqual([1, 0, 1]);
});
