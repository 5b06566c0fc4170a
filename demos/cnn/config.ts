/**
 * The configuration of the CNN lab: every setting and its range. Pure data, so that the page can paint its controls
 * before the engine is loaded, and the terminal can check its options without a browser.
 */
import { choice, differences, flag, numeric, word, type Field, type Schema } from '../shared/address.ts';
import { OPTIMIZERS, PACES, SCHEDULES } from '../shared/training-settings.ts';

export const SOURCES = ['generated', 'files'] as const;
export const MODELS = [
  'lenet',
  'six-conv',
  'alexnet',
  'googlenet',
  'resnet-20',
  'plain-20',
  'densenet',
  'mlp',
] as const;
/** What each layer of a dense block sees beside the block's input: all layers before it, the last two, the last one, or none. */
export const REACHES = ['all', 'two', 'one', 'none'] as const;
/** Of an inception module, as `models.Inception` numbers them. */
export const BRANCHES = [1, 2, 3, 4] as const;

export interface CnnConfig {
  /** Generated shapes, or CIFAR-10 from files that were dropped on the page. */
  readonly source: (typeof SOURCES)[number];
  readonly model: (typeof MODELS)[number];
  /** Channels of the first stage of the six convolutions. */
  readonly width: number;
  readonly dropout: number;
  /** Branches of the inception modules that are there, some of `BRANCHES`, in order. */
  readonly branches: readonly number[];
  readonly reach: (typeof REACHES)[number];
  readonly optimizer: (typeof OPTIMIZERS)[number];
  /** Of a schedule the highest: of a cosine the first, of the others that which they rise to. */
  readonly lr: number;
  readonly schedule: (typeof SCHEDULES)[number];
  readonly momentum: number;
  readonly weightDecay: number;
  /** Images are varied anew in every step, by the four that follow. */
  readonly augment: boolean;
  /** Shifted by up to so many pixels. */
  readonly crop: number;
  /** Half of them mirrored. */
  readonly flip: boolean;
  /** Brightness, contrast and saturation times up to 1 more or less. */
  readonly jitter: number;
  /** A square of so many pixels made black. */
  readonly cutout: number;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
  readonly pace: (typeof PACES)[number];
  /** The picture in the middle. */
  readonly view: string;
  readonly panel: boolean;
}

export const RANGES = {
  width: { min: 4, max: 256, whole: true },
  dropout: { min: 0, max: 0.9 },
  lr: { min: 1e-5, max: 10 },
  momentum: { min: 0.1, max: 0.999 },
  weightDecay: { min: 0, max: 1 },
  crop: { min: 0, max: 16, whole: true },
  jitter: { min: 0, max: 1 },
  cutout: { min: 0, max: 32, whole: true },
  batch: { min: 1, max: 512, whole: true },
  epochs: { min: 1, max: 500, whole: true },
  seed: { min: 0, max: 999_999, whole: true },
} as const;

/** At least one, each once. */
const branches: Field<readonly number[]> = {
  fallback: BRANCHES,
  parse(text) {
    const named = BRANCHES.filter((branch) => text.split(',').includes(String(branch)));
    return named.length > 0 ? named : undefined;
  },
  format: (values) => values.join(','),
};

export const schema: Schema<CnnConfig> = {
  source: choice(SOURCES, 'generated'),
  model: choice(MODELS, 'lenet'),
  width: numeric(32, RANGES.width),
  dropout: numeric(0, RANGES.dropout),
  branches,
  reach: choice(REACHES, 'all'),
  optimizer: choice(OPTIMIZERS, 'adam'),
  lr: numeric(0.001, RANGES.lr),
  schedule: choice(SCHEDULES, 'constant'),
  momentum: numeric(0.9, RANGES.momentum),
  weightDecay: numeric(0, RANGES.weightDecay),
  augment: flag(false),
  crop: numeric(4, RANGES.crop),
  flip: flag(true),
  jitter: numeric(0, RANGES.jitter),
  cutout: numeric(0, RANGES.cutout),
  batch: numeric(32, RANGES.batch),
  epochs: numeric(10, RANGES.epochs),
  seed: numeric(0, RANGES.seed),
  pace: choice(PACES, 'full'),
  view: word('answers'),
  panel: flag(true),
};

export const DEFAULTS: CnnConfig = Object.fromEntries(
  Object.entries(schema).map(([key, field]) => [key, field.fallback]),
) as unknown as CnnConfig;

/** What only the page is about. */
export const LOOKS: readonly (keyof CnnConfig)[] = ['pace', 'view', 'panel'];

/** Views of one image, in which a picture of one's own is seen too. */
export const IMAGE_VIEWS: readonly string[] = ['maps', 'looks', 'neighbours', 'augmentation'];

/** Settings that a running training takes over; any other change starts it anew. */
const LIVE: readonly (keyof CnnConfig)[] = [...LOOKS, 'lr', 'momentum', 'weightDecay', 'batch', 'epochs'];

/** Whether a training that runs as `previous` says can go on as `next` does. */
export function canTakeOver(previous: CnnConfig, next: CnnConfig): boolean {
  return differences(schema, previous, next).every((key) => LIVE.includes(key));
}
