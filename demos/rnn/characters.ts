/** A text as characters to learn the next one from: from a file, or the sentences that are generated. */
import { data, text } from '../../src/index.ts';
import type { RnnConfig } from './config.ts';
import type { TextFiles } from './files.ts';

export interface TextData {
  readonly kind: 'characters';
  readonly vocabulary: text.Vocabulary;
  readonly train: data.TextWindows;
  /** The end of the text, which is not learnt. */
  readonly test: data.TextWindows;
  /** How it begins, to write on from. */
  readonly opening: string;
}

const SENTENCES = 3000;
/** Share of the text that is learnt. */
const LEARNT = 0.9;
const OPENING = 24;

export function generatedText(config: RnnConfig): TextData {
  const { first } = data.paraphrases({ n: SENTENCES, seed: config.seed });
  return textData(config, first.join('\n'));
}

export function textFrom(config: RnnConfig, files: TextFiles): TextData {
  return textData(config, data.decodeText('text', files.text));
}

function textData({ length }: RnnConfig, contents: string): TextData {
  const characters = text.characters(contents);
  const learnt = Math.floor(characters.length * LEARNT);
  const vocabulary = text.Vocabulary.build([characters.slice(0, learnt)], { specials: ['[UNK]'] });
  const ids = vocabulary.encode(characters);
  return {
    kind: 'characters',
    vocabulary,
    train: data.textWindows(ids.subarray(0, learnt), { length }),
    test: data.textWindows(ids.subarray(learnt), { length }),
    opening: characters.slice(0, OPENING).join(''),
  };
}
