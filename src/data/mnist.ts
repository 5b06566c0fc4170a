/**
 * MNIST and the data sets that come in its two files (Fashion-MNIST, EMNIST, KMNIST) as a dataset on the GPU.
 *
 * What the labels and pixels must be is checked here, while the host still sees them. Where the files come from is the
 * caller's business.
 */
import { TensorDataset } from './dataset.ts';
import type { FileSource } from './gunzip.ts';
import { readIdx, type IdxArray } from './idx.ts';
import type { Tensor } from '../graph/index.ts';

export interface MnistFiles {
  /** `train-images-idx3-ubyte`, with or without `.gz`. */
  images: FileSource;
  /** `train-labels-idx1-ubyte`, with or without `.gz`. */
  labels: FileSource;
}

export interface MnistOptions {
  /** Images as [784] rather than [1, 28, 28]. Default false. */
  flatten?: boolean;
  /** Subtract `mean` and divide by `std`, both of pixels in 0..1. MNIST's own are 0.1307 and 0.3081. */
  normalize?: { mean: number; std: number };
  /** Labels must be below this. Default 10. */
  classes?: number;
}

/**
 * Reads a pair of files into [float32 images, int32 labels]; pixels are scaled to 0..1.
 *
 * @throws Error where a file is damaged, the two do not belong together, or a label is out of range.
 */
export async function mnist(
  files: MnistFiles,
  options: MnistOptions = {},
): Promise<TensorDataset<readonly [Tensor, Tensor]>> {
  const [images, labels] = await Promise.all([readIdx(files.images), readIdx(files.labels)]);
  const { classes = 10, flatten = false, normalize = { mean: 0, std: 1 } } = options;
  if (!(Number.isFinite(normalize.mean) && Number.isFinite(normalize.std) && normalize.std > 0)) {
    throw new Error(
      `mnist: normalize must have a finite mean and a positive std, got mean ${normalize.mean} and std ${normalize.std}.`,
    );
  }
  expectBytes('images', images, 3);
  expectBytes('labels', labels, 1);
  const [count = 0, height = 0, width = 0] = images.shape;
  if (labels.data.length !== count) {
    throw new Error(
      `mnist: the files do not belong together. There are ${count} images and ${labels.data.length} labels; take both ` +
        'from the same set (train or t10k).',
    );
  }
  const wrong = labels.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new Error(
      `mnist: label ${labels.data[wrong]} of example ${wrong} is out of range. Labels run from 0 to ${classes - 1}; ` +
        'set classes if there are more.',
    );
  }
  const shape = flatten ? [count, height * width] : [count, 1, height, width];
  return new TensorDataset({ data: scaled(images.data, normalize), shape }, Int32Array.from(labels.data));
}

function expectBytes(part: keyof MnistFiles, { dtype, shape }: IdxArray, rank: number): void {
  if (dtype === 'uint8' && shape.length === rank) return;
  throw new Error(
    `mnist: ${part} must be uint8 with ${rank} dimension${rank > 1 ? 's' : ''}, got ${dtype} [${shape.join(', ')}]. ` +
      'Are images and labels swapped?',
  );
}

function scaled(pixels: IdxArray['data'], { mean, std }: { mean: number; std: number }): Float32Array {
  const level = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
  const values = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) values[i] = level[pixels[i] ?? 0] ?? 0;
  return values;
}
