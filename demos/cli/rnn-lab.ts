/** The RNN lab in the terminal. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { RANGES } from '../rnn/config.ts';
import { PRESETS } from '../rnn/presets.ts';
import { filesIn, UsageError, type DataFiles, type Lab } from './lab.ts';

const PAIRS = {
  train: { pattern: /^msr_paraphrase_train\.txt$/, name: 'msr_paraphrase_train.txt' },
  test: { pattern: /^msr_paraphrase_test\.txt$/, name: 'msr_paraphrase_test.txt' },
};
const TEXT = { text: { pattern: /^input\.txt$/, name: 'input.txt' } };
/** Unlabelled text: what pre-training reads, and whose words a BERT from scratch knows too. */
const CORPUS = /^(train|valid|test)\.txt$|^wiki.*\.txt$|\.(pos|neg)$/;

export const rnnLab: Lab = {
  name: 'rnn',
  presets: PRESETS,
  defaultPreset: 'paraphrases',
  ranges: RANGES,
  data:
    "a folder with MRPC's msr_paraphrase_train.txt and msr_paraphrase_test.txt, for `char` with a text, input.txt,\n" +
    '                 and for `pretrained` and `scratch` with more text (train.txt, valid.txt, test.txt, *.pos, *.neg), or with folders of these;\n' +
    '                 without it generated sentences',
  examples: 'sentences',
  findFiles(folder, name) {
    const { task = 'pairs', model } = PRESETS.find((preset) => preset.name === name)?.config ?? {};
    if (task === 'characters') return findIn(folder, TEXT, 'the text, input.txt');
    const pairs = findIn(folder, PAIRS, "MRPC's two files");
    return model === 'bert' ? { ...pairs, ...corpusIn(folder) } : pairs;
  },
};

/** The folder and those in it. */
function places(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [folder];
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inner.map(({ name }) => path.join(folder, name))];
}

/** @throws UsageError if neither the folder nor one in it has all of the files. */
function findIn(folder: string, wanted: Parameters<typeof filesIn>[1], hint: string): DataFiles {
  const [own, ...inner] = places(folder).map((place) => () => filesIn(place, wanted, hint));
  for (const find of [own!, ...inner])
    try {
      return find();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  return own!();
}

function corpusIn(folder: string): DataFiles {
  const found = places(folder).flatMap((place) =>
    readdirSync(place).flatMap((name) => (CORPUS.test(name) ? [path.resolve(place, name)] : [])),
  );
  return Object.fromEntries(found.map((file, at) => [`corpus${at}`, file]));
}
