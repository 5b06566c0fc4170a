/** WordPiece, held to Hugging Face's tokenizers (make_word_pieces.py). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Vocabulary } from '../../src/text/vocabulary.ts';
import { WordPiece } from '../../src/text/word-piece.ts';

interface Reference {
  vocabulary: string[];
  length: number;
  texts: { text: string; uncased: string[]; cased: string[] }[];
  pairs: { first: string; second: string; ids: number[]; types: number[] }[];
}

const { vocabulary, length, texts, pairs } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'word-pieces.json'), 'utf8'),
) as Reference;
const uncased = WordPiece.fromText(vocabulary.join('\n') + '\n');
const cased = new WordPiece(new Vocabulary(vocabulary), { lowercase: false });

describe('WordPiece gives the pieces that Hugging Face gives', () => {
  test.each(texts)('of $text', (wanted) => {
    expect(uncased.tokenize(wanted.text)).toEqual(wanted.uncased);
    expect(cased.tokenize(wanted.text)).toEqual(wanted.cased);
  });

  test.each(pairs)('of the pair $first | $second, cut and padded', ({ first, second, ids, types }) => {
    const got = uncased.encodePair(first, second, { length });
    expect(Array.from(got.ids)).toEqual(ids);
    expect(Array.from(got.types)).toEqual(types);
  });
});

test('WordPiece reads a vocabulary with Windows line ends', () => {
  expect(WordPiece.fromText(vocabulary.join('\r\n') + '\r\n').vocabulary.tokens).toEqual(vocabulary);
});

test('WordPiece names the special tokens that a vocabulary lacks', () => {
  expect(() => WordPiece.fromText('[PAD]\n[UNK]\nthe')).toThrow(
    'WordPiece: the vocabulary of 3 tokens lacks [CLS], [SEP], [MASK].',
  );
});

test('a pair that cannot fit is refused by its length', () => {
  expect(() => uncased.encodePair('the', 'the', { length: 4 })).toThrow(
    'joinPair: length must be a whole number from 5, got 4.',
  );
});
