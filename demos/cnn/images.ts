/**
 * The images that the lab trains on: generated shapes, or CIFAR-10 from its files. Both as bytes on the GPU.
 */
import { data } from '../../src/index.ts';
import type { CifarFiles } from './cifar-files.ts';
import type { CnnConfig } from './config.ts';

export interface Images {
  readonly train: data.ImageDataset;
  readonly test: data.ImageDataset;
  readonly classNames: readonly string[];
  readonly normalize: data.Normalization;
}

/** As the tutorial has it: pixels from -1 to 1. */
const EVEN: data.Normalization = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

const GENERATED = { train: 5000, test: 1000 };

const CLASS_NAMES: { readonly [K in CnnConfig['source']]: readonly string[] } = {
  generated: data.shapes({ n: 1 }).classes,
  files: data.CIFAR10_CLASSES,
};

/** The classes of a source, or some of them. */
export function classNamesOf(source: CnnConfig['source'], classes?: readonly number[]): readonly string[] {
  const names = CLASS_NAMES[source];
  return classes?.map((at) => names[at] ?? '') ?? names;
}

export function generatedShapes(seed: number): Images {
  const part = (n: number, ownSeed: number): data.ImageDataset => {
    const { pixels, labels, shape } = data.shapes({ n, seed: ownSeed });
    return new data.ImageDataset(pixels, labels, shape);
  };
  // Seeds of the two parts never meet, whatever the run's is.
  return {
    train: part(GENERATED.train, 2 * seed),
    test: part(GENERATED.test, 2 * seed + 1),
    classNames: CLASS_NAMES.generated,
    normalize: EVEN,
  };
}

export function cifarFrom({ train, test }: CifarFiles): Images {
  return {
    train: data.cifar10(train),
    test: data.cifar10([test]),
    classNames: data.CIFAR10_CLASSES,
    normalize: EVEN,
  };
}
