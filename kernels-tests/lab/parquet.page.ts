/** Public data sets in Parquet, written here as Hugging Face lays them out. Plain data comes out. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { data } from '../../src/index.ts';
import { cifarFilesOf } from '../../demos/cnn/cifar-files.ts';
import { NO_FILES, addFiles } from '../../demos/rnn/own-files.ts';
import { DEFAULTS } from '../../demos/rnn/config.ts';

const RECORD = 3073;

/** The colour that the picture of a row has all over. */
function colourOf(row: number): [red: number, green: number, blue: number] {
  return [row * 20, 255 - row * 20, row];
}

async function picture(colour: readonly number[]): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(32, 32);
  const context = canvas.getContext('2d')!;
  context.fillStyle = `rgb(${colour.join(' ')})`;
  context.fillRect(0, 0, 32, 32);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

async function cifarTable(
  name: string,
  rows: readonly number[],
  label: (row: number) => bigint,
  draw: (row: number) => Promise<Uint8Array> = (row) => picture(colourOf(row)),
): Promise<File> {
  const pictures = await Promise.all(rows.map(draw));
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'img', data: pictures.map((bytes, at) => ({ bytes, path: `${at}.png` })) },
      { name: 'label', data: rows.map(label) },
    ],
    schema: [
      { name: 'root', num_children: 2 },
      { name: 'img', num_children: 2, repetition_type: 'OPTIONAL' },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
    ],
  });
  return new File([bytes], name);
}

/** Labels and first pixels of each record, of the training part and of the test part. */
export async function cifar(): Promise<number[][][]> {
  const label = (row: number): bigint => BigInt(row % 10);
  const { train, test } = await cifarFilesOf([
    await cifarTable('test-00000-of-00001.parquet', [7], label),
    await cifarTable('train-00001-of-00002.parquet', [2, 3], label),
    await cifarTable('train-00000-of-00002.parquet', [0, 11], label),
  ]);
  return [...train, test].map((batch) => {
    const records = Array.from({ length: batch.length / RECORD }, (_, at) =>
      batch.subarray(at * RECORD, (at + 1) * RECORD),
    );
    return records.map((record) => [0, 1, 1025, 2049, 3072].map((at) => record[at]!));
  });
}

/** What is said of files that cannot be used. */
export async function refusals(): Promise<string[]> {
  const good = await cifarTable('train.parquet', [1], () => 1n);
  const said = (files: readonly File[]): Promise<string> =>
    cifarFilesOf(files).then(
      () => 'taken',
      (error: unknown) => (error as Error).message,
    );
  const cut = new File([(await good.arrayBuffer()).slice(0, 200)], 'test.parquet');
  return [
    await said([good]),
    await said([good, cut]),
    await said([good, await cifarTable('test.parquet', [1], () => 11n)]),
    await said([
      good,
      await cifarTable(
        'test.parquet',
        [1],
        () => 1n,
        () => Promise.resolve(new Uint8Array([1, 2, 3])),
      ),
    ]),
    await said([good, mrpcTable('test.parquet', [['one', 'two', 1]])]),
  ];
}

function mrpcTable(name: string, rows: readonly (readonly [string, string, number])[]): File {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'sentence1', data: rows.map(([first]) => first), type: 'STRING' },
      { name: 'sentence2', data: rows.map(([, second]) => second), type: 'STRING' },
      { name: 'label', data: rows.map(([, , label]) => BigInt(label)), type: 'INT64' },
    ],
  });
  return new File([bytes], name);
}

export async function mrpc(): Promise<{ train: [string, string, number][]; test: [string, string, number][] }> {
  const { pairs } = await addFiles(
    NO_FILES,
    [
      mrpcTable('validation-00000-of-00001.parquet', [['He said "no".', 'He did\tnot\nagree.', 1]]),
      mrpcTable('train-00000-of-00001.parquet', [['Prices rose.', 'Prices fell — by 3 %.', 0]]),
      mrpcTable('test-00000-of-00001.parquet', [['It rained.', 'Rain fell.', 1]]),
    ],
    DEFAULTS,
  );
  const read = (bytes: Uint8Array): [string, string, number][] => {
    const { first, second, labels } = data.mrpc(bytes);
    return first.map((sentence, at) => [sentence, second[at]!, labels[at]!]);
  };
  return { train: read(pairs!.train), test: read(pairs!.test) };
}
