/** MRPC from GLUE's Parquet tables. What comes out is the official form, of which all else is made. */
import { labelOf, partOf, readParquet } from '../shared/parquet.ts';
import type { PairFiles } from './files.ts';

const HEADER = 'Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n';

/**
 * GLUE sets some of the corpus's training pairs apart as `validation`: they are for training here again, if they are given.
 *
 * @throws Error if there is no training or no test table, or one of them is damaged.
 */
export async function mrpcFromParquet(files: readonly File[]): Promise<Pick<PairFiles, 'train' | 'test'>> {
  const [train, validation, test] = ['train', 'validation', 'test'].map((part) => partOf(files, part));
  if (!train?.length || !test?.length)
    throw new Error(
      `Of ${files.map(({ name }) => name).join(', ')} none is the ${train?.length ? 'test' : 'training'} part. ` +
        "Drop GLUE's train-00000-of-00001.parquet and test-00000-of-00001.parquet of MRPC together.",
    );
  return { train: await linesOf([...train, ...(validation ?? [])]), test: await linesOf(test) };
}

async function linesOf(files: readonly File[]): Promise<Uint8Array> {
  let lines = HEADER;
  for (const file of files) {
    const rows = await readParquet(file, ['sentence1', 'sentence2', 'label']);
    rows.forEach(({ sentence1, sentence2, label }, row) => {
      const where = `${file.name}, row ${row}`;
      lines += [labelOf(label, 2, where), 1, 2, cell(sentence1, where), `${cell(sentence2, where)}\n`].join('\t');
    });
  }
  return new TextEncoder().encode(lines);
}

/** Tabs and ends of lines divide cells and rows in the official form. */
function cell(text: unknown, where: string): string {
  if (typeof text !== 'string' || !text.trim()) throw new Error(`${where}: there is a sentence that is no text.`);
  return text.replaceAll(/[\t\r\n]+/g, ' ');
}
