/** What cnn-views.test.ts does in the browser: numbers behind the CNN lab's pictures, of small tasks. Plain data comes out. */
import { data, init, manualSeed, tensor } from '../../src/index.ts';
import { readVariants, type AugmentPart } from '../../demos/cnn/augmentation.ts';
import { DEFAULTS, type CnnConfig } from '../../demos/cnn/config.ts';
import type { Images } from '../../demos/cnn/images.ts';
import { makeTask, type CnnTask } from '../../demos/cnn/recipe.ts';
import { unseeded } from '../../demos/shared/recipe-parts.ts';
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
