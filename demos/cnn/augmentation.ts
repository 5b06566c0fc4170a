/**
 * From the settings to what a training step makes of its images: each varied in its own way, then normalised; and
 * variants of one image to look at, drawn by the same function. Knows no canvas.
 */
import { data, manualSeed, tensor, type Tensor } from '../../src/index.ts';
import { unseeded } from '../shared/recipe-parts.ts';
import type { CnnConfig } from './config.ts';
import type { CnnTask } from './recipe.ts';

const OPTIONS = {
  crop: ({ crop }: CnnConfig) => ({ crop }),
  flip: ({ flip }: CnnConfig) => ({ flip: flip ? 0.5 : 0 }),
  jitter: ({ jitter }: CnnConfig) => ({ brightness: jitter, contrast: jitter, saturation: jitter }),
  cutout: ({ cutout }: CnnConfig) => ({ cutout }),
} as const satisfies Readonly<Record<string, (config: CnnConfig) => data.AugmentOptions>>;

export type AugmentPart = keyof typeof OPTIONS;
export const AUGMENT_PARTS = Object.keys(OPTIONS) as AugmentPart[];

/** Images [n, channels, rows, columns] from 0 to 1 -> varied by these parts of the augmentation, and normalised. */
export function augmenter(
  config: CnnConfig,
  normalize: data.Normalization,
  parts: readonly AugmentPart[] = AUGMENT_PARTS,
): (x: Tensor) => Tensor {
  const options: data.AugmentOptions[] = parts.map((part) => OPTIONS[part](config));
  const augment = new data.Augment(Object.assign({}, ...options) as data.AugmentOptions);
  // Varied as photographs are, from 0 to 1.
  return (x) => data.normalizeImages(augment.apply(x), normalize);
}

/** The parts that change anything. */
export function activeParts(config: CnnConfig): AugmentPart[] {
  return AUGMENT_PARTS.filter((part) => Number(config[part]) > 0);
}

export interface Variants {
  /** Whether training varies its images; if not, these are what it would draw. */
  readonly isOn: boolean;
  readonly config: CnnConfig;
  /** What they are variants of. */
  readonly pixels: Float32Array;
  /** As a training step draws them, [3 * side * side] from 0 to 1 each. */
  readonly all: readonly Float32Array[];
  /** By one part alone, of each that changes anything. */
  readonly alone: readonly (readonly [AugmentPart, readonly Float32Array[]])[];
}

export const VARIANTS = { all: 15, alone: 5 };

/**
 * Variants of one image, from 0 to 1. Each draw has other ones, and the same again; none takes random numbers of the
 * run.
 */
export async function readVariants(task: CnnTask, pixels: Float32Array, draw: number): Promise<Variants> {
  const { config, images } = task;
  const { normalize, test } = images;
  const column = (values: readonly number[]): Tensor =>
    tensor(Float32Array.from(values), { shape: [values.length, 1, 1] });
  const drawn = (augment: (x: Tensor) => Tensor, count: number): Promise<Float32Array[]> => {
    const copies = tensor(pixels, { shape: [1, ...test.shape] }).expand([count, ...test.shape]);
    const seen = augment(copies).mul(column(normalize.std)).add(column(normalize.mean));
    return seen.data().then((values) => partsOf(Float32Array.from(values), count));
  };
  const reads = unseeded(() => {
    manualSeed(draw);
    return {
      all: drawn(task.augment ?? augmenter(config, normalize), VARIANTS.all),
      alone: activeParts(config).map((part) => drawn(augmenter(config, normalize, [part]), VARIANTS.alone)),
    };
  });
  const [all, alone] = await Promise.all([reads.all, Promise.all(reads.alone)]);
  const named = activeParts(config).map((part, at) => [part, alone[at] ?? []] as const);
  return { isOn: task.augment !== undefined, config, pixels, all, alone: named };
}

function partsOf(values: Float32Array, count: number): Float32Array[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, at) => values.subarray(at * size, (at + 1) * size));
}
