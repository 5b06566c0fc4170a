/**
 * Where digits come from beside the generated ones: MNIST's public copy, and IDX files that the reader has. Knows no
 * page.
 */
import { data, io } from '../../src/index.ts';
import type { DigitFiles } from './examples.ts';

interface RemoteFile {
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

const PLACE = 'https://cdn.jsdelivr.net/gh/fgnt/mnist@master/';

function remote(name: string, bytes: number, sha256: string): RemoteFile {
  return { url: `${PLACE}${name}.gz`, bytes, sha256 };
}

/** Training images and labels, then those of the test set. */
export const MNIST: readonly [RemoteFile, RemoteFile, RemoteFile, RemoteFile] = [
  remote('train-images-idx3-ubyte', 9_630_634, 'db8f937d487057fb14a9f0fbe97f0bc8d311ab41b750d41e1ff37c43b9e55e19'),
  remote('train-labels-idx1-ubyte', 28_902, '51fc562b6747b666fbf6e84ce29d43c3cb5f9c388c664d43b33f02095313405a'),
  remote('t10k-images-idx3-ubyte', 1_602_073, 'cfeddb84311ecf044fc6a5b0f6ee8a24d265d4e83e388400186eb114082f4209'),
  remote('t10k-labels-idx1-ubyte', 4540, 'e41c74e484045d39b462a7790a4af51301bd9b0b24f0154798d713ec68c45920'),
];
export const MNIST_BYTES = MNIST.reduce((sum, { bytes }) => sum + bytes, 0);

/** @param onLoaded told how many bytes are there so far */
export async function fetchMnist(onLoaded: (bytes: number) => void, signal: AbortSignal): Promise<DigitFiles> {
  const loaded = new Map<RemoteFile, number>();
  const load = async (file: RemoteFile): Promise<Uint8Array<ArrayBuffer>> => {
    const onProgress = (progress: { loaded: number }): void => {
      loaded.set(file, progress.loaded);
      onLoaded([...loaded.values()].reduce((sum, bytes) => sum + bytes));
    };
    return (await io.download(file.url, { sha256: file.sha256, onProgress, signal })).bytes;
  };
  const [images, labels, testImages, testLabels] = await Promise.all([
    load(MNIST[0]),
    load(MNIST[1]),
    load(MNIST[2]),
    load(MNIST[3]),
  ]);
  return { train: { images, labels }, test: { images: testImages, labels: testLabels } };
}

export async function isMnistKept(): Promise<boolean> {
  const kept = await io.cache.list().catch(() => []);
  return MNIST.every(({ url }) => kept.some((file) => file.url === url && file.complete));
}

export async function deleteMnist(): Promise<void> {
  await Promise.all(MNIST.map(({ url }) => io.cache.delete(url)));
}

/**
 * Finds out which of some IDX files are which: of images and labels the larger pair trains and the smaller tests.
 *
 * @throws Error that says which file is wrong or missing.
 */
export async function sortDigitFiles(files: readonly File[]): Promise<DigitFiles> {
  const read = await Promise.all(
    files.map(async (file) => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { shape } = await data.readIdx(bytes).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${file.name} is no IDX file of digits: ${why}`, { cause });
      });
      return { name: file.name, bytes, shape, count: shape[0] ?? 0 };
    }),
  );
  const odd = read.find(({ shape }) => shape.length === 3 && (shape[1] !== 28 || shape[2] !== 28));
  if (odd) throw new Error(`${odd.name} holds pictures of ${odd.shape[1]} × ${odd.shape[2]}. The lab takes 28 × 28.`);
  const byCount = (rank: number): typeof read =>
    read.filter(({ shape }) => shape.length === rank).sort((a, b) => b.count - a.count);
  const [images, testImages] = byCount(3);
  const [labels, testLabels] = byCount(1);
  if (files.length !== 4 || !images || !testImages || !labels || !testLabels)
    throw new Error(
      `${files.length} IDX files were given. Four are needed, together: images and labels to train on, and images and labels to test on.`,
    );
  return {
    train: { images: images.bytes, labels: labels.bytes },
    test: { images: testImages.bytes, labels: testLabels.bytes },
  };
}
