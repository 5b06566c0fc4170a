/** What the transfer page can be about: two classes to be learnt from few images, by networks that know the others. Pure data. */
import { choice, differences, flag, numeric, type Field, type Schema } from '../shared/address.ts';
import { PACES } from '../shared/training-settings.ts';
import { DEFAULTS, MODELS, RANGES, SOURCES, type CnnConfig } from './config.ts';

/** Classes of both sources of images. */
export const CLASSES = 10;

export interface TransferConfig {
  readonly source: CnnConfig['source'];
  /** The two classes that pre-training never sees. */
  readonly held: readonly [number, number];
  readonly model: CnnConfig['model'];
  /** Passes of pre-training over the other classes. */
  readonly passes: number;
  /** Of each of the two classes, to learn from. */
  readonly images: number;
  readonly lr: number;
  /** The body's share of it, where body and head learn at rates of their own. */
  readonly share: number;
  readonly steps: number;
  readonly seed: number;
  readonly pace: (typeof PACES)[number];
  /** Along the charts. */
  readonly axis: 'steps' | 'seconds';
  readonly panel: boolean;
}

export const TRANSFER_RANGES = {
  passes: { min: 0, max: 50, whole: true },
  images: { min: 1, max: 400, whole: true },
  share: { min: 0, max: 1 },
  steps: { min: 1, max: 5000, whole: true },
};

/** Two classes, never the same twice. */
const held: Field<readonly [number, number]> = {
  fallback: [2, 9],
  parse(text) {
    const [first, second, ...more] = text.split(',').map(Number);
    const isClass = (value: number | undefined): value is number =>
      Number.isInteger(value) && value! >= 0 && value! < CLASSES;
    return isClass(first) && isClass(second) && first !== second && more.length === 0 ? [first, second] : undefined;
  },
  format: (values) => values.join(','),
};

export const transferSchema: Schema<TransferConfig> = {
  source: choice(SOURCES, 'generated'),
  held,
  model: choice(MODELS, 'lenet'),
  passes: numeric(3, TRANSFER_RANGES.passes),
  images: numeric(50, TRANSFER_RANGES.images),
  lr: numeric(0.001, RANGES.lr),
  share: numeric(0.1, TRANSFER_RANGES.share),
  steps: numeric(200, TRANSFER_RANGES.steps),
  seed: numeric(0, RANGES.seed),
  pace: choice(PACES, 'full'),
  axis: choice(['steps', 'seconds'], 'steps'),
  panel: flag(true),
};

/** What only the page is about. */
export const TRANSFER_LOOKS: readonly (keyof TransferConfig)[] = ['axis', 'panel', 'pace'];

/** What pre-training depends on: it is kept while these stay. */
const PRETRAINING: readonly (keyof TransferConfig)[] = ['source', 'held', 'model', 'passes', 'seed'];

/** Whether what `previous` has pre-trained is what `next` asks for. */
export function samePretraining(previous: TransferConfig, next: TransferConfig): boolean {
  // The order of the two classes is nothing to those who never see them.
  const sorted = (config: TransferConfig): TransferConfig => ({
    ...config,
    held: config.held.toSorted((a, b) => a - b) as [number, number],
  });
  return !differences(transferSchema, sorted(previous), sorted(next)).some((key) => PRETRAINING.includes(key));
}

export interface TransferPreset {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly config: Partial<TransferConfig>;
}

const START = { model: 'lenet', passes: 3, images: 50, lr: 0.001, share: 0.1, steps: 200 } as const;

export const TRANSFER_PRESETS: readonly TransferPreset[] = [
  {
    name: 'lenet',
    label: 'LeNet, 50 images of each class',
    note: 'Eight classes teach edges and corners; a head for two more needs only to weigh them.',
    config: START,
  },
  {
    name: 'few',
    label: 'Ten images of each class',
    note: 'The fewer the images, the more of what is known must come from elsewhere.',
    config: { ...START, images: 10 },
  },
  {
    name: 'many',
    label: 'Two hundred images of each class',
    note: 'From scratch it comes closer, and fine-tuning has less to spoil.',
    config: { ...START, images: 200, steps: 500 },
  },
  {
    name: 'random',
    label: 'No pre-training',
    note: 'The control: a frozen body of random weights, and three that all start from scratch.',
    config: { ...START, passes: 0 },
  },
  {
    name: 'six-conv',
    label: 'Six convolutions with batch normalisation',
    note: 'Frozen, the body keeps the running statistics of the eight classes; fine-tuned, they move too.',
    config: { ...START, model: 'six-conv' },
  },
  {
    name: 'resnet-20',
    label: 'ResNet-20',
    note: 'Of 269,202 parameters the new head has 130.',
    config: { ...START, model: 'resnet-20' },
  },
];

/** The preset that a configuration still is, if any. */
export function matchingTransfer(config: TransferConfig): TransferPreset | undefined {
  const ignored: readonly string[] = [...TRANSFER_LOOKS, 'seed', 'source', 'held'];
  return TRANSFER_PRESETS.find((preset) =>
    differences(transferSchema, config, { ...config, ...preset.config }).every((key) => ignored.includes(key)),
  );
}

const SHARED = { width: 16, dropout: 0, optimizer: 'adam', schedule: 'constant' } as const;
/** Of pre-training. */
const PRETRAINED = { batch: 32, lr: 0.003, schedule: 'one-cycle' } as const;
/** Divides the images of two classes for most numbers that one would choose. */
const FEW = { batch: 20 } as const;

/** As the lab would train it: the body on the other classes, and a contestant on the two. */
export function pretrainingOf({ model, passes, seed }: TransferConfig): CnnConfig {
  return { ...DEFAULTS, ...SHARED, ...PRETRAINED, model, seed, epochs: passes };
}
export function contestantOf({ model, lr, seed }: TransferConfig): CnnConfig {
  return { ...DEFAULTS, ...SHARED, ...FEW, model, lr, seed };
}
