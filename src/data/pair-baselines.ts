/**
 * What a classifier of sentence pairs has to beat: the greater class, and how many words both sentences share.
 */
import { binaryScores, type BinaryScores } from '../metrics/binary-scores.ts';
import { jaccard } from '../text/tokenize.ts';
import type { SentencePairs } from './mrpc.ts';

/** Scores on `test` of always saying what most labels of `train` are. */
export function majorityBaseline(train: SentencePairs, test: SentencePairs): BinaryScores {
  const positive = train.labels.reduce((sum, label) => sum + label, 0);
  const answer = Number(2 * positive >= train.labels.length);
  return binaryScores(
    test.labels.map(() => answer),
    test.labels,
  );
}

/** Jaccard overlap of the words of each pair, without punctuation and case. */
export function wordOverlap({ first, second }: SentencePairs): Float64Array {
  const plain = (sentence: string): string[] => sentence.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return Float64Array.from(first, (sentence, at) => jaccard(plain(sentence), plain(second[at]!)));
}

/**
 * Scores on `test` of calling a pair a paraphrase from a word overlap on; the threshold, in hundredths, is the one that
 * is most often right on `train`.
 */
export function overlapBaseline(train: SentencePairs, test: SentencePairs): BinaryScores & { threshold: number } {
  const said = (overlaps: Float64Array, threshold: number): Int32Array =>
    Int32Array.from(overlaps, (overlap) => Number(overlap >= threshold));
  const known = wordOverlap(train);
  let [threshold, most] = [0, -1];
  for (let hundredths = 0; hundredths <= 101; hundredths++) {
    const { accuracy } = binaryScores(said(known, hundredths / 100), train.labels);
    if (accuracy > most) [threshold, most] = [hundredths / 100, accuracy];
  }
  return { threshold, ...binaryScores(said(wordOverlap(test), threshold), test.labels) };
}
