/** What the lab can use of files that were dropped or chosen. Checked before anything is changed. */
import { data } from '../../src/index.ts';
import { isPretrained, type RnnConfig } from './config.ts';
import { isParquet } from '../shared/parquet.ts';
import type { PairFiles, TextFiles } from './files.ts';
import { mrpcFromParquet } from './mrpc-parquet.ts';

export interface OwnFiles {
  readonly pairs: PairFiles | null;
  readonly text: (TextFiles & { readonly name: string }) | null;
  /** Unlabelled text to pre-train on. */
  readonly corpus: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export const NO_FILES: OwnFiles = { pairs: null, text: null, corpus: [] };

const TRAIN = /paraphrase_train/i;
const TEST = /paraphrase_test/i;

/**
 * Adds files to those that are known: MRPC by its names; any other text is what a writer learns from, or what a model of
 * pairs is pre-trained on.
 *
 * @throws Error if they are none of these, or damaged.
 */
export async function addFiles(
  known: OwnFiles,
  given: readonly File[],
  config: Pick<RnnConfig, 'task' | 'model' | 'pretrain' | 'given'>,
): Promise<OwnFiles> {
  const tables = given.filter(isParquet);
  if (tables.length > 0) {
    const found = await mrpcFromParquet(tables);
    for (const part of [found.train, found.test]) data.mrpc(part);
    return { ...known, pairs: found };
  }
  const read = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
  const [train, test] = [TRAIN, TEST].map((pattern) => given.find(({ name }) => pattern.test(name)));
  const others = given.filter((file) => file !== train && file !== test);
  const wrong = others.find(({ name }) => !/\.(txt|text|md|tsv|pos|neg)$/i.test(name) || /^vocab.*\.txt$/i.test(name));
  if (wrong || given.length === 0)
    throw new Error(
      `This file is not known: ${wrong?.name ?? 'none'}. Drop MRPC's msr_paraphrase_train.txt together with ` +
        'msr_paraphrase_test.txt, its tables in Parquet, a text file, or a BERT: model.safetensors with its vocab.txt.',
    );
  if (Boolean(train) !== Boolean(test))
    throw new Error(
      `${(train ?? test)?.name} is one half of MRPC. Drop msr_paraphrase_train.txt and msr_paraphrase_test.txt together.`,
    );
  const texts = await Promise.all(others.map(async (file) => ({ name: file.name, bytes: await read(file) })));
  // A writer's text is as it stands, and wrong letters would be learnt; among many words they do little harm.
  const decode = config.task === 'pairs' ? data.decodeWestern : data.decodeText;
  for (const { name, bytes } of texts) decode(name, bytes);
  // One that is dropped again takes the place of the first.
  const corpus = [...known.corpus.filter((old) => texts.every(({ name }) => name !== old.name)), ...texts];
  if (train && test) {
    const pairs = { train: await read(train), test: await read(test) };
    for (const part of [pairs.train, pairs.test]) data.mrpc(part);
    return { ...known, pairs, corpus };
  }
  const [first] = texts;
  if (config.task === 'pairs') {
    if (isPretrained(config)) return { ...known, corpus };
    throw new Error(
      `${first?.name} is text without labels, and this model is not pre-trained on any. Choose BERT and ` +
        '"Pre-trained here", or drop the text where the task is the writer.',
    );
  }
  return { ...known, text: first ? { text: first.bytes, name: first.name } : null };
}
