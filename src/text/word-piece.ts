/**
 * WordPiece as BERT has it: text is cleaned and cut at spaces and punctuation, and each word falls into the longest
 * pieces that the vocabulary holds, from its start on; pieces inside a word begin with `##`.
 *
 * Source: Devlin et al. 2019, arXiv:1810.04805, and tokenization.py of github.com/google-research/bert.
 */
import { joinPair, type JoinedPair } from './pairs.ts';
import { Vocabulary } from './vocabulary.ts';

export interface WordPieceOptions {
  /** Lower case and no accents, as the `uncased` models. Default true. */
  lowercase?: boolean;
  /** A word of more characters is unknown as a whole. Default 100. */
  maxCharacters?: number;
}

/** Tokens of BERT that stand for no word. */
export const BERT_SPECIALS: readonly string[] = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const CONTROL = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}�]/gu;
/** The blocks of Chinese characters, each of which is a word. */
const CHINESE =
  /[㐀-䶿一-鿿豈-﫿\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B820}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;
/** Punctuation of Unicode, and all of ASCII that is neither letter, digit nor space. */
const PUNCTUATION = /[\p{P}$+<=>^`|~]/gu;

/**
 * @example
 * const pieces = text.WordPiece.fromText(await response.text()); // vocab.txt
 * const { ids, types } = pieces.encodePair('How old are you?', 'What is your age?', { length: 64 });
 */
export class WordPiece {
  readonly vocabulary: Vocabulary;
  private readonly lowercase: boolean;
  private readonly maxCharacters: number;

  /** @throws Error where the vocabulary lacks a special token of BERT. */
  constructor(vocabulary: Vocabulary, { lowercase = true, maxCharacters = 100 }: WordPieceOptions = {}) {
    const missing = BERT_SPECIALS.filter((token) => !vocabulary.has(token));
    if (missing.length)
      throw new Error(
        `WordPiece: the vocabulary of ${vocabulary.size} tokens lacks ${missing.join(', ')}. Pass BERT's vocab.txt, one token a line.`,
      );
    this.vocabulary = vocabulary;
    this.lowercase = lowercase;
    this.maxCharacters = maxCharacters;
  }

  /** From the contents of `vocab.txt`: one token a line, whose number is its id. */
  static fromText(contents: string, options?: WordPieceOptions): WordPiece {
    return new WordPiece(new Vocabulary(contents.replace(/\r?\n$/, '').split(/\r?\n/)), options);
  }

  tokenize(text: string): string[] {
    return this.wordsOf(text).flatMap((word) => this.piecesOf(word));
  }

  encode(text: string): Int32Array {
    return this.vocabulary.encode(this.tokenize(text));
  }

  /** `[CLS] first [SEP] second [SEP]`, cut and padded to `length`. */
  encodePair(first: string, second: string, { length }: { length: number }): JoinedPair {
    const { vocabulary } = this;
    return joinPair(this.encode(first), this.encode(second), {
      length,
      start: vocabulary.id('[CLS]'),
      separator: vocabulary.id('[SEP]'),
      padding: vocabulary.id('[PAD]'),
    });
  }

  private wordsOf(text: string): string[] {
    let clean = text.replace(CONTROL, '').replace(CHINESE, ' $& ');
    if (this.lowercase)
      clean = clean
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '');
    return clean.replace(PUNCTUATION, ' $& ').split(/\s+/u).filter(Boolean);
  }

  private piecesOf(word: string): string[] {
    const unknown = [this.vocabulary.tokens[this.vocabulary.unknownId!]!];
    const characters = Array.from(word);
    if (characters.length > this.maxCharacters) return unknown;
    const pieces: string[] = [];
    for (let from = 0; from < characters.length;) {
      let to = characters.length;
      const piece = (): string => (from > 0 ? '##' : '') + characters.slice(from, to).join('');
      while (to > from && !this.vocabulary.has(piece())) to--;
      if (to === from) return unknown;
      pieces.push(piece());
      from = to;
    }
    return pieces;
  }
}
