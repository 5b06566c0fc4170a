/**
 * The configuration of the MLP lab: every setting and its range. Pure data, so that the page can paint
 * its controls before the engine is loaded, and the terminal can check its options without a browser.
 */
import { choice, differences, flag, numeric, wholeList, word, type Schema } from '../shared/address.ts';
import { PACES, SCHEDULES } from '../shared/training-settings.ts';

export const PLANES = ['spirals', 'moons', 'circles', 'blobs', 'xor'] as const;
export const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'leaky-relu', 'elu', 'gelu', 'silu'] as const;
export const OPTIMIZERS = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adam', 'adamw'] as const;
export const SOURCES = ['generated', 'mnist', 'files'] as const;

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
  /** Of a schedule the highest: of a cosine the first, of the others that which they rise to. */
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
