/** What cnn-views.test.ts does in the browser: numbers behind the CNN lab's pictures, of small tasks. Plain data comes out. */
import { data, F, init, manualSeed, nn, tensor, type Tensor } from '../../src/index.ts';
import { readVariants, type AugmentPart } from '../../demos/cnn/augmentation.ts';
import { DEFAULTS, type CnnConfig } from '../../demos/cnn/config.ts';
import type { Images } from '../../demos/cnn/images.ts';
import { readLook } from '../../demos/cnn/grad-cam.ts';
import { readMaps, type Next } from '../../demos/cnn/maps.ts';
import { featuresOf, readNeighbours } from '../../demos/cnn/neighbours.ts';
import { makeTask, type CnnTask } from '../../demos/cnn/recipe.ts';
import { unseeded } from '../../demos/shared/recipe-parts.ts';
import { evaluating } from '../../demos/shared/task.ts';
import { Trainer } from '../../demos/shared/trainer.ts';

const NORMALIZE = { mean: [0.4, 0.5, 0.6], std: [0.5, 0.25, 0.5] };

function imagesOf(train: number): Images {
  const part = (n: number, seed: number): data.ImageDataset => {
    const { pixels, labels, shape } = data.shapes({ n, seed });
    return new data.ImageDataset(pixels, labels, shape);
  };
  const classNames = data.shapes({ n: 1 }).classes;
  return { train: part(train, 1), test: part(6, 2), classNames, normalize: NORMALIZE };
}

async function taskOf(config: Partial<CnnConfig>, train = 32): Promise<CnnTask> {
  await init();
  return makeTask({ ...DEFAULTS, batch: 8, ...config }, { images: imagesOf(train) });
}

const pixelsOf = async ({ images }: CnnTask, index: number): Promise<Float32Array> =>
  Float32Array.from(await images.test.slice(0, index, index + 1).data());

/** The last of some steps' loss, and a digest of all parameters' bits: variants are drawn before each step or not. */
export async function trained(
  config: Partial<CnnConfig>,
  steps: number,
  look: boolean,
): Promise<{ loss: number; bits: number }> {
  const task = await taskOf(config);
  const trainer = new Trainer(task);
  const pixels = await pixelsOf(task, 0);
  let [loss, bits] = [Number.NaN, 0];
  for (let step = 0; step < steps; step++) {
    if (look) await readVariants(task, pixels, step);
    loss = await (await trainer.step()).loss.item();
  }
  for (const values of await Promise.all(task.model.parameters().map((each) => each.data())))
    for (const word of new Uint32Array(Float32Array.from(values).buffer)) bits = Math.imul(bits ^ word, 0x01000193);
  return { loss, bits };
}

export interface Drawn {
  readonly isOn: boolean;
  readonly pixels: number[];
  readonly all: number[][];
  readonly alone: (readonly [AugmentPart, number[][]])[];
  /** What the training step's own function makes of as many copies under the same seed, still normalised. */
  readonly step: number[][] | null;
  readonly normalize: typeof NORMALIZE;
}

export async function variants(config: Partial<CnnConfig>, draw: number): Promise<Drawn> {
  const task = await taskOf(config);
  const pixels = await pixelsOf(task, 1);
  const { isOn, all, alone } = await readVariants(task, pixels, draw);
  const numbers = (given: readonly Float32Array[]): number[][] => given.map((each) => Array.from(each));
  const copies = Float32Array.from({ length: all.length * pixels.length }, (_, at) => pixels[at % pixels.length]!);
  const x = tensor(copies, { shape: [all.length, 3, 32, 32] });
  const step = unseeded(() => {
    manualSeed(draw);
    return task.augment?.(x).data();
  });
  const values = step ? Array.from(await step) : null;
  return {
    isOn,
    pixels: Array.from(pixels),
    all: numbers(all),
    alone: alone.map(([part, drawn]) => [part, numbers(drawn)] as const),
    step: values && all.map((_, at) => values.slice(at * pixels.length, (at + 1) * pixels.length)),
    normalize: NORMALIZE,
  };
}

interface Given {
  readonly features: number[];
  readonly pixels: number[];
}

interface Found {
  readonly indices: number[];
  readonly similarities: number[];
}

const numbers = async (given: Tensor): Promise<number[]> => Array.from(await given.data());

/**
 * The neighbours of a test image among `count` training images, after a step and with the layer before the last scaled,
 * and all that they follow from.
 */
export async function neighbours(
  config: Partial<CnnConfig>,
  count: number,
  scale = 1,
): Promise<{ found: { features: Found; pixels: Found }; query: Given; others: Given; labels: number[][] }> {
  const task = await taskOf(config, count);
  await new Trainer(task).step();
  const { model, trainScored, testScored } = task;
  const scaled = Object.entries(model.stateDict()).slice(-4, -2);
  const state = scaled.map(async ([path, weights]) => {
    const values = Float32Array.from(await weights.data(), (value) => value * scale);
    return [path, { shape: weights.shape, data: values }] as const;
  });
  model.loadStateDict(Object.fromEntries(await Promise.all(state)), { strict: false });
  const { features, pixels, gallery } = await readNeighbours(task, await pixelsOf(task, 2));
  const plain = ({ indices, similarities }: typeof features): Found => ({
    indices: [...indices],
    similarities: [...similarities],
  });
  const given = async (x: Tensor): Promise<Given> => ({
    features: await numbers(evaluating(model, () => featuresOf(model, x))),
    pixels: await numbers(x),
  });
  return {
    found: { features: plain(features), pixels: plain(pixels) },
    query: await given(testScored.x.slice(0, 2, 3)),
    others: await given(trainScored.x.slice(0, 0, count)),
    labels: [[...gallery.labels], await numbers(task.images.train.labels)],
  };
}

/** Of two images: what is called features, the logits, and the layer that makes the one of the other. */
export async function lastLayer(
  config: Partial<CnnConfig>,
): Promise<Record<'features' | 'logits' | 'weight' | 'bias', number[]>> {
  const { model, trainScored } = await taskOf(config);
  const { features, logits } = evaluating(model, () => {
    const x = trainScored.x.slice(0, 0, 2);
    return { features: featuresOf(model, x), logits: model.forward(x) };
  });
  const weights = [...model.namedParameters()].slice(-2).map(([, parameter]) => parameter);
  const read = [features, logits, ...weights].map(numbers);
  const [a = [], b = [], c = [], d = []] = await Promise.all(read);
  return { features: a, logits: b, weight: c, bias: d };
}

interface MapsOfLayer {
  readonly path: string;
  readonly next: Next;
  readonly values: number[];
}

/**
 * What the feature maps' view shows, and what a convolution behind which normalisation comes gives by hand, where the
 * network is a sequence.
 */
export async function maps(config: Partial<CnnConfig>): Promise<{ shown: MapsOfLayer[]; expected: number[] | null }> {
  const task = await taskOf(config);
  await new Trainer(task).step();
  const { model, testScored } = task;
  const [first, second, third] = model.children().map(([, layer]) => layer as nn.Layer);
  const expected = evaluating(model, () => {
    if (!(model instanceof nn.Sequential) || !first || !second || !third) return null;
    return third.forward(second.forward(first.forward(testScored.x.slice(0, 2, 3)))).data();
  });
  const read = await readMaps(task, await pixelsOf(task, 2));
  const shown = read.map(({ path, next, values }) => ({ path, next, values: [...values] }));
  return { shown, expected: expected && [...(await expected)] };
}

/**
 * Grad-CAM's heat beside the sum of maps that class activation mapping weighs by the last layer's own weights, of a
 * network in which nothing but a mean lies between both.
 */
export async function heat(
  config: Partial<CnnConfig>,
  last: string,
): Promise<{ heat: number[]; expected: number[]; modes: boolean[]; trained: boolean[] }> {
  const task = await taskOf(config);
  await new Trainer(task).step();
  const { model, testScored } = task;
  const frozen = model.parameters()[0]!;
  frozen.requiresGrad = false;
  const layer = [...model.namedModules()].find(([path]) => path === last)![1] as nn.Layer;
  const expected = evaluating(model, () => {
    let maps: Tensor | null = null;
    const remove = layer.registerForwardHook((_, __, output) => void (maps = output));
    model.forward(testScored.x.slice(0, 2, 3));
    remove();
    const [weight] = model.parameters().slice(-2);
    return F.relu(weight!.matmul(maps!.reshape([weight!.shape[1]!, -1])));
  });
  const places = expected.shape[1]!;
  const all = await numbers(expected);
  // A class that something in the image speaks for.
  const wanted = Math.floor(all.indexOf(Math.max(...all)) / places);
  const look = await readLook(task, await pixelsOf(task, 2), wanted);
  return {
    heat: [...(look.heat?.values ?? [])],
    expected: all.slice(wanted * places, (wanted + 1) * places),
    modes: [...model.namedModules()].map(([, { training }]) => training),
    trained: model.parameters().map(({ requiresGrad }) => requiresGrad),
  };
}
