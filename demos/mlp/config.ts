/**
 * The configuration of the MLP lab: every setting, its range, and the presets. Pure data, so that the page can paint
 * its controls before the engine is loaded, and the terminal can check its options without a browser.
 */
import { choice, differences, flag, numeric, wholeList, word, type Schema } from '../shared/address.ts';

export const PLANES = ['spirals', 'moons', 'circles', 'blobs', 'xor'] as const;
export const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'leaky-relu', 'elu', 'gelu', 'silu'] as const;
export const OPTIMIZERS = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adam', 'adamw'] as const;
export const SCHEDULES = ['constant', 'one-cycle', 'cosine'] as const;
export const SOURCES = ['generated', 'mnist', 'files'] as const;
export const PACES = ['slow', 'quick', 'full'] as const;

export interface MlpConfig {
  readonly mode: 'plane' | 'digits' | 'table';
  /** Where the digits come from. */
  readonly source: (typeof SOURCES)[number];
  /** Of a table: the column to predict, from 0, or -1 for the last that can be. */
  readonly target: number;
  /** Of a table: the columns to predict from; none stands for all that can be. */
  readonly columns: readonly number[];
  /** Of a table: the share of its rows that is put aside to test on. */
  readonly testShare: number;
  readonly plane: (typeof PLANES)[number];
  /** Standard deviation of the noise on points in the plane. */
  readonly noise: number;
  /** Training points in the plane; half as many again are for testing. */
  readonly points: number;
  readonly hidden: readonly number[];
  readonly activation: (typeof ACTIVATIONS)[number];
  readonly inputDropout: number;
  /** After every hidden layer. */
  readonly dropout: number;
  readonly optimizer: (typeof OPTIMIZERS)[number];
  /** Of a one-cycle schedule the highest, of a cosine the first. */
  readonly lr: number;
  readonly schedule: (typeof SCHEDULES)[number];
  /** Of the two optimisers that are named after it. */
  readonly momentum: number;
  /** L2: this times each weight is added to its gradient; AdamW takes it from the weight instead. */
  readonly weightDecay: number;
  /** L1: this times each weight's sign is added to its gradient. */
  readonly l1: number;
  /** Digits are turned, scaled, sheared, shifted and bent anew in every step. */
  readonly augment: boolean;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
  readonly pace: (typeof PACES)[number];
  readonly showTest: boolean;
  /** The picture in the middle, by its name in `VIEWS`; the mode's first where there is none of that name. */
  readonly view: string;
  readonly panel: boolean;
}

export const RANGES = {
  target: { min: -1, max: 16_383, whole: true },
  columns: { min: 0, max: 16_383, maxLength: 64 },
  testShare: { min: 0.05, max: 0.8 },
  noise: { min: 0, max: 0.4 },
  points: { min: 20, max: 2000, whole: true },
  width: { min: 1, max: 1024 },
  depth: 6,
  dropout: { min: 0, max: 0.9 },
  lr: { min: 1e-5, max: 1e6 },
  momentum: { min: 0.1, max: 0.999 },
  weightDecay: { min: 0, max: 1 },
  l1: { min: 0, max: 1 },
  batch: { min: 1, max: 1024, whole: true },
  epochs: { min: 1, max: 5000, whole: true },
  seed: { min: 0, max: 999_999, whole: true },
} as const;

export const schema: Schema<MlpConfig> = {
  mode: choice(['plane', 'digits', 'table'], 'plane'),
  source: choice(SOURCES, 'generated'),
  target: numeric(-1, RANGES.target),
  columns: wholeList([], RANGES.columns),
  testShare: numeric(0.25, RANGES.testShare),
  plane: choice(PLANES, 'spirals'),
  noise: numeric(0.05, RANGES.noise),
  points: numeric(300, RANGES.points),
  hidden: wholeList([16, 16], { ...RANGES.width, maxLength: RANGES.depth }),
  activation: choice(ACTIVATIONS, 'tanh'),
  inputDropout: numeric(0, RANGES.dropout),
  dropout: numeric(0, RANGES.dropout),
  optimizer: choice(OPTIMIZERS, 'adam'),
  lr: numeric(0.01, RANGES.lr),
  schedule: choice(SCHEDULES, 'constant'),
  momentum: numeric(0.9, RANGES.momentum),
  weightDecay: numeric(0, RANGES.weightDecay),
  l1: numeric(0, RANGES.l1),
  augment: flag(false),
  batch: numeric(32, RANGES.batch),
  epochs: numeric(400, RANGES.epochs),
  seed: numeric(0, RANGES.seed),
  pace: choice(PACES, 'quick'),
  showTest: flag(true),
  view: word('main'),
  panel: flag(true),
};

export const DEFAULTS: MlpConfig = Object.fromEntries(
  Object.entries(schema).map(([key, field]) => [key, field.fallback]),
) as unknown as MlpConfig;

export const STEPS_PER_FRAME: { readonly [K in MlpConfig['pace']]: number } = {
  slow: 1,
  quick: 10,
  full: Number.POSITIVE_INFINITY,
};

/** What only the page is about. */
export const LOOKS: readonly (keyof MlpConfig)[] = ['pace', 'showTest', 'view', 'panel'];

/** Settings that a running training takes over; any other change starts it anew. */
const LIVE: readonly (keyof MlpConfig)[] = [
  ...LOOKS,
  'lr',
  'momentum',
  'weightDecay',
  'l1',
  'inputDropout',
  'dropout',
  'batch',
  'epochs',
];

/** Whether a training that runs as `previous` says can go on as `next` does. */
export function canTakeOver(previous: MlpConfig, next: MlpConfig): boolean {
  const changed = differences(schema, previous, next);
  // Without dropout the network has no layers for it.
  const layers = (['inputDropout', 'dropout'] as const).some((key) => previous[key] > 0 !== next[key] > 0);
  return !layers && changed.every((key) => LIVE.includes(key));
}

export interface Preset {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly config: Partial<MlpConfig>;
}

const PLANE = {
  mode: 'plane',
  inputDropout: 0,
  dropout: 0,
  momentum: 0.9,
  weightDecay: 0,
  l1: 0,
  schedule: 'constant',
  augment: false,
  pace: 'quick',
  points: 300,
  epochs: 400,
  batch: 32,
} as const;
const DIGITS = {
  mode: 'digits',
  inputDropout: 0,
  dropout: 0,
  momentum: 0.9,
  weightDecay: 0,
  l1: 0,
  schedule: 'constant',
  augment: false,
  pace: 'full',
} as const;
const SIGMOID = { hidden: [32], activation: 'sigmoid', optimizer: 'sgd', lr: 0.01, batch: 64 } as const;

export const PRESETS: readonly Preset[] = [
  {
    name: 'two-spirals',
    label: 'Two spirals',
    note: 'Two hidden layers bend a plane into two arms.',
    config: {
      ...PLANE,
      plane: 'spirals',
      noise: 0.05,
      hidden: [16, 16],
      activation: 'tanh',
      optimizer: 'adam',
      lr: 0.01,
    },
  },
  {
    name: 'moons-small',
    label: 'Moons, one small layer',
    note: 'Eight units are enough: the boundary is made of eight straight folds.',
    config: { ...PLANE, plane: 'moons', noise: 0.08, hidden: [8], activation: 'relu', optimizer: 'adam', lr: 0.01 },
  },
  {
    name: 'xor-linear',
    label: 'XOR, no hidden layer',
    note: 'A linear model stays at chance. Add one layer and watch it solve this.',
    config: { ...PLANE, plane: 'xor', noise: 0.05, hidden: [], activation: 'tanh', optimizer: 'momentum', lr: 0.1 },
  },
  {
    name: 'deep-sigmoid',
    label: 'Circles, five sigmoid layers',
    note: "Sigmoid's gradient vanishes on the way down. Switch to ReLU and it learns in seconds.",
    config: {
      ...PLANE,
      plane: 'circles',
      noise: 0.05,
      hidden: [16, 16, 16, 16, 16],
      activation: 'sigmoid',
      optimizer: 'momentum',
      lr: 0.1,
    },
  },
  {
    name: 'overfit',
    label: 'Moons, few noisy points',
    note: 'Train accuracy leaves test accuracy behind. Add dropout or weight decay.',
    config: {
      ...PLANE,
      plane: 'moons',
      noise: 0.25,
      points: 60,
      hidden: [128, 128],
      activation: 'relu',
      optimizer: 'adam',
      lr: 0.01,
      epochs: 1000,
    },
  },
  {
    name: 'digits-quick',
    label: 'Digits, one layer',
    note: 'Above 90 % on generated digits after a few epochs.',
    config: { ...DIGITS, hidden: [128], activation: 'relu', optimizer: 'adam', lr: 0.001, batch: 64, epochs: 10 },
  },
  {
    name: 'sigmoid-32-short',
    label: 'Sigmoid, 32 units, one epoch',
    note: '784-32-10, SGD 0.01, one pass over the data.',
    config: { ...DIGITS, ...SIGMOID, epochs: 1 },
  },
  {
    name: 'sigmoid-32',
    label: 'Sigmoid, 32 units, five epochs',
    note: '784-32-10, SGD 0.01, five passes over the data.',
    config: { ...DIGITS, ...SIGMOID, epochs: 5 },
  },
  {
    name: 'sgd-256-128',
    label: 'ReLU with plain SGD, 256 and 128 units',
    note: '784-256-128-10, SGD 0.01 without momentum: the twin of the next, equal but for the optimiser.',
    config: {
      ...DIGITS,
      hidden: [256, 128],
      activation: 'relu',
      optimizer: 'sgd',
      lr: 0.01,
      batch: 64,
      epochs: 5,
      seed: 1,
    },
  },
  {
    name: 'momentum-256-128',
    label: 'ReLU with momentum, 256 and 128 units',
    note: '784-256-128-10, SGD 0.01, momentum 0.9. On MNIST 96 % after one epoch, 98 % after five.',
    config: {
      ...DIGITS,
      hidden: [256, 128],
      activation: 'relu',
      optimizer: 'momentum',
      lr: 0.01,
      batch: 64,
      epochs: 5,
      seed: 1,
    },
  },
  {
    name: 'dropout-512',
    label: 'Dropout, twice 512 units',
    note: '784-512-512-10, dropout 0.2 on the input and 0.5 after each layer, Adam 0.001.',
    config: {
      ...DIGITS,
      hidden: [512, 512],
      activation: 'relu',
      inputDropout: 0.2,
      dropout: 0.5,
      optimizer: 'adam',
      lr: 0.001,
      batch: 128,
      epochs: 10,
    },
  },
  {
    name: 'augmented',
    label: 'Augmentation, twice 512 units',
    note: '784-512-512-10, dropout 0.2 after each layer, Adam with one cycle to 0.002, every digit deformed anew in every step.',
    config: {
      ...DIGITS,
      hidden: [512, 512],
      activation: 'relu',
      dropout: 0.2,
      optimizer: 'adam',
      lr: 0.002,
      schedule: 'one-cycle',
      augment: true,
      batch: 128,
      epochs: 30,
    },
  },
];

export function presetsOf(mode: MlpConfig['mode']): readonly Preset[] {
  return PRESETS.filter(({ config }) => config.mode === mode);
}

/** The preset that a configuration still is, if any. */
export function matchingPreset(config: MlpConfig): Preset | undefined {
  return PRESETS.find((preset) => differences(schema, config, { ...config, ...preset.config }).length === 0);
}
