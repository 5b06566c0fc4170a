/**
 * What the pictures show of a task: its test images and the network's answers on them, its first filters, what every
 * convolution makes of an image, and where in the image a class is seen. Knows no canvas.
 */
import { F, nn, tensor, zeros, type data, type Tensor } from '../../src/index.ts';
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

export interface Maps {
  readonly path: string;
  /** [channels, rows, columns], after ReLU. */
  readonly values: Float32Array;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** More would not be told apart. */
const MOST_MAPS = 16;

/** What each convolution makes of one image, [3 * side * side] from 0 to 1; the first few channels of each. */
export async function readMaps({ model, images }: CnnTask, pixels: Float32Array): Promise<readonly Maps[]> {
  const x = normalized(images, pixels);
  const seen: [path: string, output: Tensor][] = [];
  const removers: (() => void)[] = [];
  for (const [path, module] of model.namedModules())
    if (module instanceof nn.Conv2d)
      removers.push(module.registerForwardHook((_, __, output) => void seen.push([path, output])));
  try {
    const reads = evaluating(model, () => {
      model.forward(x);
      return seen.map(([path, output]) => {
        const kept = output.slice(1, 0, Math.min(MOST_MAPS, output.shape[1] ?? 0));
        return { path, shape: kept.shape, data: F.relu(kept).data() };
      });
    });
    return await Promise.all(
      reads.map(async ({ path, shape, data }) => ({
        path,
        values: Float32Array.from(await data),
        channels: shape[1] ?? 0,
        rows: shape[2] ?? 0,
        columns: shape[3] ?? 0,
      })),
    );
  } finally {
    for (const remove of removers) remove();
  }
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

export interface Look {
  readonly chances: Float32Array;
  /** Where the class is seen, [rows, columns] from 0 to 1; null without a convolution. */
  readonly heat: { readonly values: Float32Array; readonly rows: number; readonly columns: number } | null;
}

/**
 * Grad-CAM: the last convolution's channels, weighted by how much each raises the class's logit on average, summed, and
 * what lowers it left out. Selvaraju et al. 2017, arXiv:1610.02391.
 *
 * @param wanted the class, or -1 for the likeliest
 */
export async function readLook({ model, images }: CnnTask, pixels: Float32Array, wanted: number): Promise<Look> {
  const x = normalized(images, pixels);
  const chances = Float32Array.from(await evaluating(model, () => model.forward(x).softmax(1).data()));
  const chosen = wanted >= 0 ? wanted : chances.indexOf(Math.max(...chances));
  const layers = [...model.namedModules()].map(([, module]) => module).filter((module) => module instanceof nn.Conv2d);
  const last = layers.at(-1);
  if (!last) return { chances, heat: null };
  let features: Tensor | null = null;
  let handle: Tensor | null = null;
  // The gradient reaches a leaf of zeros that is added to the features; parameters take none.
  const remove = last.registerForwardHook((_, __, output) => {
    features = output;
    handle = zeros(output.shape, { requiresGrad: true });
    return output.add(handle);
  });
  const frozen = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  for (const parameter of frozen) parameter.requiresGrad = false;
  model.eval();
  try {
    model
      .forward(x)
      .slice(1, chosen, chosen + 1)
      .sum()
      .backward();
  } finally {
    model.train();
    remove();
    for (const parameter of frozen) parameter.requiresGrad = true;
  }
  const [maps, grad] = [features as Tensor | null, (handle as Tensor | null)?.grad];
  if (!maps || !grad) return { chances, heat: null };
  const weights = grad.mean([2, 3], { keepdim: true });
  const map = F.relu(maps.mul(weights).sum([0, 1]));
  const values = Float32Array.from(await map.data());
  const most = Math.max(...values, 1e-12);
  return {
    chances,
    heat: { values: values.map((value) => value / most), rows: map.shape[0] ?? 0, columns: map.shape[1] ?? 0 },
  };
}
