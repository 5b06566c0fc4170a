/** Datasets, splits and loaders on the GPU: what comes in which batch, and what cannot be asked for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './loader.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/data/loader.page.ts');
});
afterAll(() => page.close());

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

describe('DataLoader', () => {
  it('gives the rows of each tensor in order, the last batch as small as it is', async () => {
    const found = await page.call('batches', 5, { batchSize: 2 });
    expect(found).toEqual([
      [
        { shape: [2, 2], dtype: 'float32', values: [0, 0.25, 1, 1.25] },
        { shape: [2], dtype: 'int32', values: [0, 1] },
      ],
      [
        { shape: [2, 2], dtype: 'float32', values: [2, 2.25, 3, 3.25] },
        { shape: [2], dtype: 'int32', values: [2, 3] },
      ],
      [
        { shape: [1, 2], dtype: 'float32', values: [4, 4.25] },
        { shape: [1], dtype: 'int32', values: [4] },
      ],
    ]);
  });

  it('leaves out a smaller last batch when asked to', async () => {
    expect(await page.call('batches', 5, { batchSize: 2, dropLast: true })).toHaveLength(2);
  });

  it('keeps rows and labels together when it shuffles', async () => {
    for (const [x, y] of await page.call('batches', 50, { batchSize: 8, shuffle: true })) {
      expect(x?.values).toEqual(y?.values.flatMap((k) => [k, k + 0.25]));
    }
  });

  it('gives every example once an epoch, in another order each epoch, the same for the same seed', async () => {
    const options = { batchSize: 7, shuffle: true, seed: 5 };
    const [first, second] = await page.call('epochs', 40, options, 2);
    expect(sorted(first!.flat())).toEqual(upTo(40));
    expect(sorted(second!.flat())).toEqual(upTo(40));
    expect(first!.flat()).not.toEqual(upTo(40));
    expect(second).not.toEqual(first);
    expect(await page.call('epochs', 40, options, 2)).toEqual([first, second]);
    expect((await page.call('epochs', 40, { ...options, seed: 6 }, 1))[0]).not.toEqual(first);
  });

  it('resumes at an epoch with the order it would have had', async () => {
    const options = { batchSize: 8, shuffle: true, seed: 1 };
    expect(await page.call('resumed', 20, options, 2)).toEqual((await page.call('epochs', 20, options, 3))[2]);
  });

  it.each([1, 2, 3])('goes on behind batch %i of 3 from its state', async (stop) => {
    const options = { batchSize: 8, shuffle: true, seed: 1 };
    const [first, second] = await page.call('epochs', 20, options, 2);
    const { epoch, rest } = await page.call('resumedAt', 20, options, stop);
    expect([epoch, rest]).toEqual(stop === 3 ? [1, second] : [0, first!.slice(stop)]);
  });

  it('assembles examples of a dataset that lies on the host', async () => {
    const { batches, asked } = await page.call('hosted', 3, { batchSize: 2 }, 99);
    expect(asked).toEqual([0, 1, 2]);
    expect(batches).toEqual([
      [
        { shape: [2, 2, 2], dtype: 'int32', values: [0, 1, 2, 3, 1, 1, 2, 3] },
        { shape: [2, 1], dtype: 'float32', values: [0, 0.5] },
        { shape: [2], dtype: 'int32', values: [0, 1] },
      ],
      [
        { shape: [1, 2, 2], dtype: 'int32', values: [2, 1, 2, 3] },
        { shape: [1, 1], dtype: 'float32', values: [1] },
        { shape: [1], dtype: 'int32', values: [2] },
      ],
    ]);
  });

  it.each([0, 1, 3])('reads no further ahead of the loop than prefetch: %i', async (prefetch) => {
    const { asked } = await page.call('hosted', 40, { batchSize: 2, prefetch }, 2);
    expect(asked).toEqual(upTo(2 * (2 + prefetch)));
  });

  it('takes a collate that pads', async () => {
    expect(await page.call('padded')).toEqual([{ shape: [3, 3], dtype: 'int32', values: [1, 0, 0, 2, 2, 0, 3, 3, 3] }]);
  });

  it('delivers what comes before an example that fails, then its error', async () => {
    expect(await page.call('failing', 5)).toEqual({ delivered: 2, message: 'picture 5 is broken' });
  });

  it('hands on what it knows of labels, so that the loss refuses one out of range', async () => {
    const messages = await page.call('labelsOutOfRange');
    expect(messages).toHaveLength(2);
    for (const message of messages) expect(message).toMatch(/^crossEntropy: .*\b3\b/);
  });

  it('holds the same GPU memory after 20 epochs as after 3', async () => {
    const [early, late] = await page.call('memoryAfter', [3, 20]);
    expect(late).toEqual(early);
  });
});

describe('datasets', () => {
  it('take typed arrays and shaped arrays', async () => {
    expect(await page.call('fromArrays')).toEqual([
      { shape: [2, 1, 2], dtype: 'float32', values: [1, 2, 3, 4] },
      { shape: [2], dtype: 'int32', values: [7, 8] },
      { shape: [2], dtype: 'int32', values: [-1, -2] },
    ]);
  });

  it('give single examples', async () => {
    expect(await page.call('example', 4, 3)).toEqual([
      { shape: [2], dtype: 'float32', values: [3, 3.25] },
      { shape: [], dtype: 'int32', values: [3] },
    ]);
  });

  it.each([
    [
      [6, 4],
      [6, 4],
    ],
    [
      [0.8, 0.2],
      [8, 2],
    ],
    [
      [0.35, 0.35, 0.3],
      [4, 3, 3],
    ],
    [[1], [10]],
  ])('are split at random into parts %j of lengths %j that share nothing', async (parts, lengths) => {
    const found = await page.call('split', 10, parts, 3);
    expect(found.map((part) => part.length)).toEqual(lengths);
    expect(sorted(found.flat())).toEqual(upTo(10));
    expect(found.flat()).not.toEqual(upTo(10));
    expect(await page.call('split', 10, parts, 3)).toEqual(found);
    expect(await page.call('split', 10, parts, 4)).not.toEqual(found);
  });

  it.each([
    ['no parts', 'TensorDataset: nothing to hold. Pass tensors or arrays'],
    ['a scalar', 'TensorDataset: part 0 is not a list of rows.'],
    ['a number', 'TensorDataset: part 0 is not a list of rows.'],
    ['unequal rows', 'TensorDataset: first dimensions differ. Part 0 is [3, 2] and part 1 is [2];'],
    [
      'an index too large',
      'TensorDataset.get: index 10 is out of range. The dataset has 10 examples; indices run from 0 to 9.',
    ],
    ['a fraction as index', 'index 0.5 is out of range'],
    ['a subset beyond the end', 'Subset: index 10 is out of range.'],
    ['batchSize 0', 'DataLoader: batchSize must be a whole number of at least 1, got 0.'],
    ['batchSize -4', 'got -4.'],
    ['batchSize 2.5', 'got 2.5.'],
    ['prefetch -1', 'DataLoader: prefetch must be a whole number of at least 0, got -1.'],
    ['seed 0.5', 'DataLoader: seed must be an integer, got 0.5.'],
    ['epoch -1', 'DataLoader: epoch must be a whole number of at least 0, got -1.'],
    ['an empty dataset', 'DataLoader: the dataset is empty. Give it at least one example.'],
    ['a state of another seed', 'DataLoader: loadStateDict: seed was 0 and is 2 here.'],
    ['a state of half a batch', 'DataLoader: batch must be a whole number of at least 0, got 0.5.'],
    ['dropLast of all', 'DataLoader: dropLast leaves no batch. batchSize is 11 and the dataset has 10 examples.'],
    ['lengths of another sum', 'randomSplit: parts [3, 3] do not divide 10 examples.'],
    ['fractions of another sum', 'randomSplit: parts [0.5, 0.4] do not divide 10 examples.'],
    ['an empty part', 'randomSplit: part 1 would hold 0 of 10 examples.'],
    ['a negative part', 'randomSplit: part 1 would hold -1 of 10 examples.'],
  ])('%s: says what is wrong', async (what, message) => {
    expect(await page.call('failure', what)).toContain(message);
  });
});

describe('mnist', () => {
  const images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 255, 102];
  const labels = [0, 0, 8, 1, 0, 0, 0, 2, 3, 9];

  it('gives pixels in 0..1 and labels', async () => {
    const found = await page.call('readMnist', { images, labels }, {});
    expect(found).toEqual([
      { shape: [2, 1, 1, 2], dtype: 'float32', values: [0, 51, 255, 102].map((value) => Math.fround(value / 255)) },
      { shape: [2], dtype: 'int32', values: [3, 9] },
    ]);
  });

  it('flattens and normalises when asked to', async () => {
    const found = await page.call(
      'readMnist',
      { images, labels },
      { flatten: true, normalize: { mean: 0.2, std: 0.5 } },
    );
    const values = [0, 51, 255, 102].map((value) => Math.fround((value / 255 - 0.2) / 0.5));
    expect(found[0]).toEqual({ shape: [2, 2], dtype: 'float32', values });
  });

  it.each([
    [
      { images: labels, labels: images },
      {},
      'mnist: images must be uint8 with 3 dimensions, got uint8 [2]. Are images and labels swapped?',
    ],
    [
      { images, labels: [0, 0, 8, 1, 0, 0, 0, 1, 3] },
      {},
      'mnist: the files do not belong together. There are 2 images and 1 labels;',
    ],
    [{ images, labels }, { classes: 5 }, 'mnist: label 9 of example 1 is out of range. Labels run from 0 to 4;'],
    [
      { images, labels },
      { normalize: { mean: 0, std: 0 } },
      'mnist: normalize must have a finite mean and a positive std',
    ],
    [{ images: images.slice(0, -1), labels }, {}, 'idx: the file is cut short'],
  ])('refuses files that cannot be it', async (files, options, message) => {
    expect(await page.call('readMnist', files, options)).toContain(message);
  });
});
