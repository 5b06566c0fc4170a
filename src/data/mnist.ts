/**
 * MNIST and the data sets that come in its two files (Fashion-MNIST, EMNIST, KMNIST) as a dataset on the GPU.
 *
 * What the labels and pixels must be is checked here, while the host still sees them. Files are the caller's, or those of
 * MNIST itself, downloaded from where they are public.
 */
import { TensorDataset } from './dataset.ts';
import type { FileSource } from './gunzip.ts';
import { readIdx, type IdxArray } from './idx.ts';
import { download, type DownloadOptions } from '../io/download.ts';
import type { Tensor } from '../graph/index.ts';

export interface MnistFiles {
  /** `train-images-idx3-ubyte`, with or without `.gz`. */
  images: FileSource;
  /** `train-labels-idx1-ubyte`, with or without `.gz`. */
  labels: FileSource;
}

/** MNIST itself, 60,000 images to train on or 10,000 to test on. */
export interface MnistSource {
  /** Default `train`. */
  split?: 'train' | 'test';
  /** A folder with the four `.gz` files. Default: jsDelivr's copy of github.com/fgnt/mnist. */
  baseUrl?: string;
  /** Of `io.download`, beside the sum, which is that of the official files. */
  download?: Omit<DownloadOptions, 'sha256'>;
}

const PUBLIC = 'https://cdn.jsdelivr.net/gh/fgnt/mnist@master/';

/** The official files, and their SHA-256. */
const OFFICIAL = {
  train: {
    images: ['train-images-idx3-ubyte.gz', 'db8f937d487057fb14a9f0fbe97f0bc8d311ab41b750d41e1ff37c43b9e55e19'],
    labels: ['train-labels-idx1-ubyte.gz', '51fc562b6747b666fbf6e84ce29d43c3cb5f9c388c664d43b33f02095313405a'],
  },
  test: {
    images: ['t10k-images-idx3-ubyte.gz', 'cfeddb84311ecf044fc6a5b0f6ee8a24d265d4e83e388400186eb114082f4209'],
    labels: ['t10k-labels-idx1-ubyte.gz', 'e41c74e484045d39b462a7790a4af51301bd9b0b24f0154798d713ec68c45920'],
  },
} as const;

async function fetchFiles({ split = 'train', baseUrl = PUBLIC, download: options }: MnistSource): Promise<MnistFiles> {
  const files = OFFICIAL[split];
  if (!files) throw new Error(`mnist: split must be "train" or "test", got "${split as string}".`);
  const get = async ([name, sha256]: readonly [string, string]): Promise<Uint8Array> =>
    (await download(`${baseUrl.replace(/\/$/, '')}/${name}`, { ...options, sha256 })).bytes;
  const [images, labels] = await Promise.all([get(files.images), get(files.labels)]);
  return { images, labels };
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
 * Reads a pair of files into [float32 images, int32 labels]; pixels are scaled to 0..1. Without files, those of MNIST
 * itself are downloaded, checked, and kept in the browser.
 *
 * @example const [train, test] = await Promise.all([data.mnist({ split: 'train' }), data.mnist({ split: 'test' })]);
 * @throws Error as `io.download` does, and where a file is damaged, the two do not belong together, or a label is out of range.
 */
export async function mnist(
  source: MnistFiles | MnistSource,
  options: MnistOptions = {},
): Promise<TensorDataset<readonly [Tensor, Tensor]>> {
  const files = 'images' in source ? source : await fetchFiles(source);
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
