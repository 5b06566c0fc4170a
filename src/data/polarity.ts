/**
 * Sentence polarity: 5,331 positive and as many negative sentences of film reviews, one a line. Pang & Lee 2005. The
 * original files are Latin-1, copies often UTF-8.
 */
import { decodeWestern, type TextSource } from './text-file.ts';

/** Sentences, and of each 1 where it is positive, else 0. */
export interface LabelledSentences {
  readonly sentences: readonly string[];
  readonly labels: Int32Array;
}

/**
 * All negative sentences, then all positive ones; `trainTestSplit` with `stratify` divides them.
 *
 * @param files contents of `rt-polarity.neg` and `rt-polarity.pos`
 * @throws Error for a file that is no text or has no sentence.
 */
export function sentencePolarity(files: { negative: TextSource; positive: TextSource }): LabelledSentences {
  const parts = [files.negative, files.positive].map((source, label) => {
    const name = label ? 'positive' : 'negative';
    const lines = decodeWestern('sentencePolarity', source)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
    if (lines.length === 0)
      throw new Error(`sentencePolarity: the ${name} file has no sentence. Pass rt-polarity.${name.slice(0, 3)}.`);
    return lines;
  });
  return {
    sentences: parts.flat(),
    labels: Int32Array.from(parts.flatMap((lines, label) => lines.map(() => label))),
  };
}
