/**
 * Sentence pairs as a model reads them: generated ones, or MRPC from its files. The vocabulary is that of an encoder
 * where one is given, else of the training sentences and, where there is any, of the unlabelled text.
 */
import { data, text, type metrics } from '../../src/index.ts';
import { isGiven, type RnnConfig } from './config.ts';
import type { Encoder } from './encoder.ts';
import type { BertFiles, PairFiles } from './files.ts';

type Cut = readonly string[];

export interface PairData {
  readonly kind: 'pairs';
  readonly train: data.SentencePairs;
  readonly test: data.SentencePairs;
  readonly vocabulary: text.Vocabulary;
  /** What the model begins from, if anything is given. */
  readonly encoder: Encoder | null;
  /** Unlabelled pairs of neighbours, cut into words, to pre-train on: those of the training set and of the corpus. */
  readonly unlabelled: readonly (readonly [first: string[], second: string[]])[];
  /** A sentence as the words or pieces that the model reads; those that it does not know as they are. */
  readonly cut: (sentence: string) => string[];
  /** int32 [n, 2, length] of what `cut` gives: for `bert` both joined and their types, else one under the other. */
  readonly encode: (first: readonly Cut[], second: readonly Cut[]) => text.IdField;
  /** What any model has to beat, on the test set. */
  readonly baselines: { readonly majority: metrics.BinaryScores; readonly overlap: metrics.BinaryScores };
}

const GENERATED = { train: 8000, test: 1000 };

export function generatedPairs(config: RnnConfig, files: BertFiles = {}): PairData {
  // Seeds of the two parts never meet, whatever the run's is.
  const train = data.paraphrases({ n: GENERATED.train, seed: 2 * config.seed });
  const test = data.paraphrases({ n: GENERATED.test, seed: 2 * config.seed + 1 });
  return pairData(config, train, test, files);
}

export function pairsFrom(config: RnnConfig, files: PairFiles): PairData {
  return pairData(config, data.mrpc(files.train), data.mrpc(files.test), files);
}

function pairData(
  config: RnnConfig,
  train: data.SentencePairs,
  test: data.SentencePairs,
  { corpus = [], encoder = null }: BertFiles,
): PairData {
  const { model, length } = config;
  const given = isGiven(config) ? encoder : null;
  const { vocabulary, cut, unlabelled } = given ? { ...given, unlabelled: [] } : ownWords(config, train, corpus);
  // A sentence without a word is one that nobody knows.
  const ids = (sentences: readonly Cut[]): Int32Array[] =>
    sentences.map((words) => vocabulary.encode(words.length > 0 ? words : ['[UNK]']));
  return {
    kind: 'pairs',
    train,
    test,
    vocabulary,
    encoder: given,
    unlabelled,
    cut,
    encode(first, second) {
      if (model !== 'bert') return text.padPairs(ids(first), ids(second), { length });
      const [start, separator, padding] = BERT_MARKS.map((token) => vocabulary.id(token)) as [number, number, number];
      return text.joinPairs(ids(first), ids(second), { length, start, separator, padding });
    },
    baselines: {
      majority: data.majorityBaseline(train, test),
      overlap: data.overlapBaseline(train, test),
    },
  };
}

const BERT_MARKS = ['[CLS]', '[SEP]', '[PAD]'];

/** The words of the training sentences and of the texts to pre-train on. */
function ownWords(
  { model, length }: RnnConfig,
  train: data.SentencePairs,
  corpus: readonly Uint8Array[],
): Pick<PairData, 'vocabulary' | 'cut' | 'unlabelled'> {
  // Of a model from scratch too: it is held against one that has read them, and shall know the same words.
  const paragraphs = model === 'bert' ? corpus.flatMap((source) => paragraphsOf(source, length)) : [];
  const [first, second] = [train.first.map(text.words), train.second.map(text.words)];
  const vocabulary = text.Vocabulary.build([...first, ...second, ...paragraphs], {
    specials: text.BERT_SPECIALS,
    minFrequency: paragraphs.length > 0 ? 4 : 2,
    maxSize: paragraphs.length > 0 ? 8000 : 12_000,
  });
  return {
    vocabulary,
    cut: text.words,
    unlabelled: [
      ...first.map((words, at): [string[], string[]] => [words, second[at]!]),
      ...paragraphs.flatMap((words) => neighbours(words, length)),
    ],
  };
}

/** How many words each of two neighbours has. */
const halfOf = (length: number): number => Math.floor((length - 3) / 2);

/**
 * Paragraphs of a text, headings left out. Where most lines are too short to have neighbours in them, such as one
 * sentence each, all lines are one running text.
 */
function paragraphsOf(source: Uint8Array, length: number): string[][] {
  const lines = data
    .decodeWestern('corpus', source)
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith(' ='));
  const paragraphs = lines.filter((line) => line.trim().length > 40).map(wordsOf);
  const long = paragraphs.filter((words) => words.length > halfOf(length) + 4);
  return long.length < lines.length / 2 ? [lines.flatMap(wordsOf)] : paragraphs;
}

/** Of a text that may be tokenised already. */
function wordsOf(line: string): string[] {
  const words = text.words(line.replaceAll(' @-@ ', '-').replaceAll(/ @([,.])@ /g, '$1'));
  return words.map((word) => (word === '<unk>' ? '[UNK]' : word));
}

/** A paragraph cut into pairs of pieces that follow one another, each pair as long as the model reads. */
function neighbours(words: readonly string[], length: number): [string[], string[]][] {
  const half = halfOf(length);
  const pairs: [string[], string[]][] = [];
  for (let from = 0; from + half + 4 < words.length; from += 2 * half)
    pairs.push([words.slice(from, from + half), words.slice(from + half, from + 2 * half)]);
  return pairs;
}
