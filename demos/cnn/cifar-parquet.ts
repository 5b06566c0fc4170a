/**
 * CIFAR-10 from Parquet tables, as Hugging Face keeps it: an encoded picture and a label a row. What comes out is the
 * official binary form, of which all else is made.
 */
import { data } from '../../src/index.ts';
import { labelOf, partOf, readParquet } from '../shared/parquet.ts';
import type { CifarFiles } from './cifar-files.ts';

const SIDE = 32;
const PIXELS = 3 * SIDE * SIDE;
const CLASSES = data.CIFAR10_CLASSES.length;

/** @throws Error if there is no training or no test table, or one of them is damaged. */
export async function cifarFromParquet(files: readonly File[]): Promise<CifarFiles> {
  const [train, test] = [partOf(files, 'train'), partOf(files, 'test')];
  if (train.length === 0 || test.length === 0)
    throw new Error(
      `Of ${files.map(({ name }) => name).join(', ')} none is the ${train.length === 0 ? 'training' : 'test'} part. ` +
        'Drop train-00000-of-00001.parquet and test-00000-of-00001.parquet of CIFAR-10 together.',
    );
  return { train: [await binaryOf(train)], test: await binaryOf(test) };
}

/** Records of a label and three planes of pixels. */
async function binaryOf(files: readonly File[]): Promise<Uint8Array> {
  const pictures: Blob[] = [];
  const labels: number[] = [];
  for (const file of files) {
    const rows = await readParquet(file, ['img', 'label']);
    rows.forEach(({ img, label }, row) => {
      const where = `${file.name}, row ${row}`;
      const bytes = (img as { bytes?: unknown } | null)?.bytes;
      if (!(bytes instanceof Uint8Array))
        throw new Error(`${where}: img holds no picture. CIFAR-10's tables have a PNG file in each row.`);
      pictures.push(new File([bytes as Uint8Array<ArrayBuffer>], where));
      labels.push(labelOf(label, CLASSES, where));
    });
  }
  const { pixels } = await data.imageFolder({ img: pictures }, { size: SIDE });
  const records = new Uint8Array(labels.length * (1 + PIXELS));
  labels.forEach((label, at) => {
    records[at * (1 + PIXELS)] = label;
    records.set(pixels.subarray(at * PIXELS, (at + 1) * PIXELS), at * (1 + PIXELS) + 1);
  });
  return records;
}
