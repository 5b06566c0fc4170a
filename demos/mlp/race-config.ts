/** The configuration of a race: what varies, over how many seeds, and everything that all runners share. Pure data. */
import { choice, differences, flag, numeric, wholeList, type Schema } from '../shared/address.ts';
import { PACES } from '../shared/training-settings.ts';
import { ACTIVATIONS, DEFAULTS, OPTIMIZERS, PLANES, RANGES, type MlpConfig } from './config.ts';

export const VARIES = ['activation', 'optimizer', 'dropout'] as const;

export interface RaceConfig {
  readonly vary: (typeof VARIES)[number];
  readonly seeds: number;
  readonly mode: MlpConfig['mode'];
  readonly plane: MlpConfig['plane'];
  readonly noise: number;
  readonly points: number;
  readonly hidden: readonly number[];
  readonly activation: MlpConfig['activation'];
  readonly optimizer: MlpConfig['optimizer'];
  /** Adam's own learning rate is a tenth of it. */
  readonly lr: number;
  readonly dropout: number;
  readonly batch: number;
  readonly steps: number;
  readonly seed: number;
  readonly pace: MlpConfig['pace'];
  readonly panel: boolean;
}

export const MOST_SEEDS = 5;

export const raceSchema: Schema<RaceConfig> = {
  vary: choice(VARIES, 'activation'),
  seeds: numeric(3, { min: 1, max: MOST_SEEDS, whole: true }),
  mode: choice(['plane', 'digits'], 'plane'),
  plane: choice(PLANES, 'circles'),
  noise: numeric(0.05, RANGES.noise),
  points: numeric(300, RANGES.points),
  hidden: wholeList([16, 16, 16, 16, 16], { ...RANGES.width, maxLength: RANGES.depth }),
  activation: choice(ACTIVATIONS, 'relu'),
  optimizer: choice(OPTIMIZERS, 'momentum'),
  lr: numeric(0.05, RANGES.lr),
  dropout: numeric(0.5, RANGES.dropout),
  batch: numeric(32, RANGES.batch),
  steps: numeric(1500, { min: 10, max: 100_000, whole: true }),
  seed: numeric(0, RANGES.seed),
  pace: choice(PACES, 'full'),
  panel: flag(true),
};

/** One colour of the chart: the same for all its seeds. */
export interface Variant {
  readonly name: string;
  readonly color: `--${string}`;
  readonly config: MlpConfig;
}

const ADAM_SHARE = 0.1;

export function variantsOf(race: RaceConfig): readonly Variant[] {
  const shared: MlpConfig = { ...DEFAULTS, ...race, dropout: 0, inputDropout: 0 };
  const made: { readonly [K in RaceConfig['vary']]: readonly (readonly [string, Partial<MlpConfig>])[] } = {
    activation: [
      ['ReLU', { activation: 'relu' }],
      ['Sigmoid', { activation: 'sigmoid' }],
    ],
    optimizer: [
      ['SGD', { optimizer: 'sgd' }],
      ['Momentum 0.9', { optimizer: 'momentum' }],
      ['Adam', { optimizer: 'adam', lr: shared.lr * ADAM_SHARE }],
    ],
    dropout: [
      ['No dropout', {}],
      [`Dropout ${race.dropout}`, { dropout: race.dropout }],
    ],
  };
  return made[race.vary].map(([name, own], index) => ({
    name,
    color: `--series-${index + 1}` as const,
    config: { ...shared, ...own },
  }));
}

export interface RacePreset {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly config: Partial<RaceConfig>;
}

export const RACE_PRESETS: readonly RacePreset[] = [
  {
    name: 'vanishing',
    label: 'Sigmoid against ReLU, deep',
    note: "Through five sigmoid layers next to no gradient reaches the first: it stands still while ReLU's network learns.",
    config: {
      vary: 'activation',
      mode: 'plane',
      plane: 'circles',
      noise: 0.05,
      points: 300,
      hidden: [16, 16, 16, 16, 16],
      optimizer: 'momentum',
      lr: 0.05,
      batch: 32,
      steps: 1500,
    },
  },
  {
    name: 'optimisers',
    label: 'SGD against momentum against Adam',
    note: 'The same network from the same start on the same batches; only the update differs. Adam has a tenth of the learning rate.',
    config: {
      vary: 'optimizer',
      mode: 'plane',
      plane: 'spirals',
      noise: 0.05,
      points: 300,
      hidden: [16, 16],
      activation: 'tanh',
      lr: 0.1,
      batch: 32,
      steps: 3000,
    },
  },
  {
    name: 'dropout',
    label: 'Dropout on little data',
    note: 'Sixty noisy points and wide layers: without dropout the training loss falls to nothing, and the test shows what it is worth.',
    config: {
      vary: 'dropout',
      mode: 'plane',
      plane: 'moons',
      noise: 0.3,
      points: 60,
      hidden: [128, 128],
      activation: 'relu',
      optimizer: 'adam',
      lr: 0.01,
      dropout: 0.5,
      batch: 20,
      steps: 1500,
    },
  },
];

export function matchingRace(config: RaceConfig): RacePreset | undefined {
  return RACE_PRESETS.find((preset) => differences(raceSchema, config, { ...config, ...preset.config }).length === 0);
}
