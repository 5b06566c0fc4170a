import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './images.page.ts';
import { cases } from './images.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/data/images.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('images:', () => {
  test.each(Object.keys(cases))('%s', async (name) => {
    const { got, wanted } = await page.call('check', name);
    expect(got).toEqual(wanted);
  });

  test('folders of pictures are decoded in a worker, their middle squares scaled', async () => {
    const { corners, progress, ...rest } = await page.call('folder');
    expect(rest).toEqual({ labels: [0, 0, 0, 1], classes: ['ant', 'zebra'], shape: [3, 4, 4], onPage: false });
    expect(progress).toEqual([4]);
    expect(corners).toHaveLength(4);
    // WebP loses some of the colours.
    for (const corner of corners)
      [200, 0, 10, 0, 30, 250].forEach((wanted, at) => expect(Math.abs(corner[at]! - wanted)).toBeLessThan(12));
  });

  test('files are sorted into classes by the folder they lie in', async () => {
    expect(await page.call('byFolder')).toEqual({ cat: ['1.png', '3.png'], dog: ['2.png'] });
  });

  test('what is cut off, mislabelled or no picture is refused in words', async () => {
    expect(await page.call('mistakes')).toEqual([
      'cifar10: no file. Pass the contents of data_batch_1.bin to data_batch_5.bin.',
      expect.stringContaining(
        'cifar10: a file has 6145 bytes, which is no whole number of records of 3073. It is cut off',
      ),
      expect.stringContaining('cifar10: a file has 0 bytes'),
      'cifar10: label 10 of record 1 is out of range, 0 to 9. This is not a binary batch of CIFAR-10; pass data_batch_1.bin to data_batch_5.bin, or test_batch.bin.',
      'cifar10: a file has 10001 records; binary batches of CIFAR-10 have 10000. Pass each file by itself.',
      expect.stringContaining(
        'ImageDataset: 10 bytes and 1 labels do not make images of [3, 2, 2]; each takes 12 bytes',
      ),
      'ImageDataset.select: got 2 indices, 2 among them, and no labels. Give at least one index, each from 0 to 1, and a label for each or none.',
      expect.stringContaining('normalizeImages: images [1, 3, 2, 2] need a mean and a positive std for each channel'),
      'Augment: flip must be from 0 to 1, got 2.',
      'Augment: crop is of whole pixels, got 1.5. Use shift for parts of one.',
      expect.stringContaining('Augment: images must be [n, channels, rows, cols], got [3, 8, 8].'),
      'imageFolder: there is no class. Give every class at least one picture.',
      'imageFolder: class dog has no pictures. Give every class at least one picture.',
      'imageFolder: size must be a whole number from 1 to 1024, got 0.',
      'imageFolder: cat/a.txt, cat/b.txt, cat/c.txt and 1 more cannot be read as pictures. Use PNG, JPEG or WebP, or leave them out.',
      'filesByFolder: 1.png lies in no folder. Choose a folder that has one for each class, named as the class.',
    ]);
  });
});
