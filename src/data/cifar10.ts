/**
 * CIFAR-10 from its official binary batches: records of a label and 3072 bytes, red, green and blue planes of 32x32.
 * Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html.
 */
import { ImageDataset, type ImageDatasetOptions } from './images.ts';

export const CIFAR10_CLASSES: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

const PIXELS = 3072;
const RECORD = PIXELS + 1;
const SHAPE = [3, 32, 32] as const;
/** Records of an official file. */
const MOST = 10_000;

/**
 * Checks one binary batch.
 *
 * @throws Error if it is cut off, has more records than an official file, or a label is above 9.
 */
export function checkCifar10(bytes: Uint8Array): void {
  if (bytes.length === 0 || bytes.length % RECORD !== 0)
    throw new Error(
      `cifar10: a file has ${bytes.length} bytes, which is no whole number of records of ${RECORD}. ` +
        'It is cut off, or not a binary batch of CIFAR-10; download it again.',
    );
  if (bytes.length > MOST * RECORD)
    throw new Error(
      `cifar10: a file has ${bytes.length / RECORD} records; binary batches of CIFAR-10 have ${MOST}. Pass each file by itself.`,
    );
  for (let at = 0; at < bytes.length; at += RECORD)
    if (bytes[at]! >= CIFAR10_CLASSES.length)
      throw new Error(
        `cifar10: label ${bytes[at]} of record ${at / RECORD} is out of range, 0 to 9. This is not a binary batch of CIFAR-10; pass data_batch_1.bin to data_batch_5.bin, or test_batch.bin.`,
      );
}

/**
 * @param batches contents of `data_batch_1.bin` to `data_batch_5.bin`, or of `test_batch.bin`, in their order
 * @throws Error if a file is cut off, or a label is above 9.
 */
export function cifar10(batches: readonly Uint8Array[], options: ImageDatasetOptions = {}): ImageDataset {
  if (batches.length === 0)
    throw new Error('cifar10: no file. Pass the contents of data_batch_1.bin to data_batch_5.bin.');
  for (const batch of batches) checkCifar10(batch);
  const count = batches.reduce((sum, { length }) => sum + length / RECORD, 0);
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Int32Array(count);
  let image = 0;
  for (const bytes of batches)
    for (let at = 0; at < bytes.length; at += RECORD, image++) {
      labels[image] = bytes[at]!;
      pixels.set(bytes.subarray(at + 1, at + RECORD), image * PIXELS);
    }
  return new ImageDataset(pixels, labels, SHAPE, options);
}
