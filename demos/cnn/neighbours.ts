/**
 * The training images that are most like an image: to the network, by what its last linear layer is given, and for
 * contrast by the pixels that its first layer is given. Knows no canvas.
 */
import { concat, F, matmul, nn, noGrad, Tensor, topk } from '../../src/index.ts';
import { evaluating, partsOf } from '../shared/task.ts';
import { normalized, readTrainGallery, type Gallery } from './probe.ts';
import type { CnnTask } from './recipe.ts';

/** Training images, the most alike first. */
export interface Alike {
  readonly indices: Int32Array;
  /** Cosines, from -1 to 1. */
  readonly similarities: Float32Array;
}

export interface Neighbours {
  readonly features: Alike;
  readonly pixels: Alike;
  /** How many numbers the last linear layer is given. */
  readonly width: number;
  /** The images that they are looked for among. */
  readonly gallery: Gallery;
}

/** How many are looked for. */
export const NEIGHBOURS = 12;

/**
 * Looks among the training images that are scored. The features are of one and the same moment: all are of one submit.
 *
 * @param pixels [3 * side * side] from 0 to 1; the same array is compared by its pixels only once
 */
export async function readNeighbours(task: CnnTask, pixels: Float32Array): Promise<Neighbours> {
  const { model, images } = task;
  const [reading, width] = evaluating(model, () => {
    const index = concat(
      trainingParts(task).map((part) => featuresOf(model, part)),
      0,
    );
    return [alike(featuresOf(model, normalized(images, pixels)), index), index.shape[1] ?? 0];
  });
  const [features, given, gallery] = await Promise.all([reading, byPixels(task, pixels), readTrainGallery(task)]);
  return { features, pixels: given, width, gallery };
}

const trainingParts = ({ trainScored }: CnnTask): Tensor[] =>
  partsOf(trainScored).map(([from, to]) => trainScored.x.slice(0, from, to));

const compared = new WeakMap<Float32Array, { images: CnnTask['images']; reading: Promise<Alike> }>();

/** Training does not change it. */
function byPixels(task: CnnTask, pixels: Float32Array): Promise<Alike> {
  const { images } = task;
  const known = compared.get(pixels);
  if (known?.images === images) return known.reading;
  const reading = noGrad(() => alike(normalized(images, pixels).flatten(1), concat(trainingParts(task), 0).flatten(1)));
  compared.set(pixels, { images, reading });
  return reading;
}

/** What the last linear layer of a network is given of images x [n, ...]: [n, width]. */
export function featuresOf(model: nn.Module, x: Tensor): Tensor {
  let features: Tensor | null = null;
  const removers: (() => void)[] = [];
  for (const [, module] of model.namedModules())
    if (module instanceof nn.Linear)
      removers.push(
        module.registerForwardPreHook((_, [given]) => {
          if (given instanceof Tensor) features = given;
        }),
      );
  try {
    model.forward(x);
  } finally {
    for (const remove of removers) remove();
  }
  if (!features) throw new Error('featuresOf: the network has no linear layer. Give one that ends in nn.Linear.');
  return features;
}

/** Of each row, of length 1. A deep network that is not trained yet gives numbers whose squares float32 has as 0. */
function direction(x: Tensor): Tensor {
  return F.normalize(x.div(x.abs().max(1, { keepdim: true }).add(1e-30)));
}

/** A query [1, width] among the rows of an index [n, width]. */
async function alike(query: Tensor, index: Tensor): Promise<Alike> {
  const cosines = matmul(direction(query), direction(index).transpose());
  const [similarities, indices] = topk(cosines, Math.min(NEIGHBOURS, index.shape[0] ?? 0), 1);
  const [values, places] = await Promise.all([similarities.data(), indices.data()]);
  return { indices: Int32Array.from(places), similarities: Float32Array.from(values) };
}
