/** CIFAR-10 among files that were dropped or chosen, binary or Parquet. Checked before anything is changed. */
import { data } from '../../src/index.ts';
import { isParquet } from '../shared/parquet.ts';
import { cifarFromParquet } from './cifar-parquet.ts';

/** Contents of the official binary batches. */
export interface CifarFiles {
  readonly train: readonly Uint8Array[];
  readonly test: Uint8Array;
}

/** Why CIFAR-10 cannot be had, and what to do. */
export const FORGOTTEN = "A page forgets files when it is closed. Drop CIFAR-10's files on it again to train on them.";

/**
 * @param instead what else the page would take, for those who dropped neither
 * @throws Error if they are not a test batch and at least one training batch, or one of them is damaged.
 */
export async function cifarFilesOf(files: readonly File[], instead = ''): Promise<CifarFiles> {
  if (files.some(isParquet)) return cifarFromParquet(files);
  const named = (pattern: RegExp): File[] =>
    files.filter(({ name }) => pattern.test(name)).toSorted((a, b) => a.name.localeCompare(b.name));
  const [test] = named(/^test_batch\.bin$/);
  const batches = named(/^data_batch_\d\.bin$/);
  if (!test || batches.length === 0)
    throw new Error(
      `These files are not known: ${files.map(({ name }) => name).join(', ')}. Drop CIFAR-10's data_batch_1.bin to ` +
        `data_batch_5.bin together with test_batch.bin, or its train and test tables in Parquet${instead}.`,
    );
  const read = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
  const found = { train: await Promise.all(batches.map(read)), test: await read(test) };
  for (const bytes of [...found.train, found.test]) data.checkCifar10(bytes);
  return found;
}
