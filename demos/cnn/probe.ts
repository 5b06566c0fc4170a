/**
 * What the pictures show of a task: its images, the network's answers on them, and its first filters. Knows no canvas.
 */
import { nn, tensor, type data, type Tensor } from '../../src/index.ts';
import { answersOf, type Answers } from '../shared/confusion.ts';
import { evaluating, partsOf } from '../shared/task.ts';
import type { CnnTask } from './recipe.ts';

export interface Gallery {
  /** [size, 3 * side * side], from 0 to 1, each channel by channel. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly side: number;
}

const galleries = new WeakMap<data.ImageDataset, Promise<Gallery>>();

/** The images that the task is tested on while it trains, read back once. */
export function readGallery({ images, testScored }: CnnTask): Promise<Gallery> {
  return galleryOf(images.test, testScored.size);
}

/** The training images that are scored, read back once. */
export function readTrainGallery({ images, trainScored }: CnnTask): Promise<Gallery> {
  return galleryOf(images.train, trainScored.size);
}

function galleryOf(set: data.ImageDataset, size: number): Promise<Gallery> {
  const known = galleries.get(set);
  if (known) return known;
  const reading = Promise.all([set.with({}).slice(0, 0, size).data(), set.labels.slice(0, 0, size).data()]).then(
    ([pixels, labels]) => ({
      images: Float32Array.from(pixels),
      labels: Int32Array.from(labels),
      side: set.shape[2] ?? 0,
    }),
  );
  galleries.set(set, reading);
  return reading;
}

export async function readAnswers({ model, images, testScored }: CnnTask): Promise<Answers> {
  const parts = evaluating(model, () =>
    partsOf(testScored)
      .map(([from, to]) => model.forward(testScored.x.slice(0, from, to)).softmax(1))
      .map((chances) => chances.data()),
  );
  const chances = Float32Array.from((await Promise.all(parts)).flatMap((part) => [...part]));
  return answersOf(chances, images.classNames.length);
}

export interface Filters {
  /** [count, channels, rows, columns] */
  readonly values: Float32Array;
  readonly shape: readonly [number, number, number, number];
  readonly bias: Float32Array | null;
}

/** The first convolution of the network; null where there is none. */
export function firstConvolution(model: nn.Module): nn.Conv2d | null {
  for (const [, module] of model.namedModules()) if (module instanceof nn.Conv2d) return module;
  return null;
}

export async function readFilters({ model }: CnnTask): Promise<Filters | null> {
  const layer = firstConvolution(model);
  if (!layer) return null;
  const [values, bias] = await Promise.all([layer.weight.data(), layer.bias?.data() ?? null]);
  return {
    values: Float32Array.from(values),
    shape: layer.weight.shape as [number, number, number, number],
    bias: bias && Float32Array.from(bias),
  };
}

/** An image [3 * side * side] from 0 to 1 as the network is given it, [1, 3, side, side]. */
export function normalized(images: CnnTask['images'], pixels: Float32Array): Tensor {
  const [channels, side] = images.test.shape as [number, number];
  const { mean, std } = images.normalize;
  const plane = side * side;
  const values = pixels.map((value, at) => {
    const channel = Math.floor(at / plane);
    return (value - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  });
  return tensor(values, { shape: [1, channels, side, side] });
}
