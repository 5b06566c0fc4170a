import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './parquet.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/parquet.page.ts');
});
afterAll(() => page.close());

describe('tables in Parquet', () => {
  test('of CIFAR-10 are decoded in the order of their shards and rows', async () => {
    const record = (row: number, label: number): number[] => [label, row * 20, 255 - row * 20, row, row];
    expect(await page.call('cifar')).toEqual([
      [record(0, 0), record(11, 1), record(2, 2), record(3, 3)],
      [record(7, 7)],
    ]);
  });

  test('of MRPC become its pairs, those of validation among them', async () => {
    expect(await page.call('mrpc')).toEqual({
      train: [
        ['Prices rose.', 'Prices fell — by 3 %.', 0],
        ['He said "no".', 'He did not agree.', 1],
      ],
      test: [['It rained.', 'Rain fell.', 1]],
    });
  });

  test('that are no use are named, with what is wrong', async () => {
    expect(await page.call('refusals')).toEqual([
      expect.stringContaining('Of train.parquet none is the test part'),
      expect.stringContaining('test.parquet cannot be read as a Parquet table'),
      'test.parquet, row 0: label 11 is none of 0 to 9. Is this the table of another data set?',
      expect.stringContaining('test.parquet, row 0 cannot be read as pictures'),
      expect.stringContaining('test.parquet cannot be read as a Parquet table: it has no column img'),
    ]);
  });
});
