/** What the compare page can be about: two networks, how both are trained, and pairs that show something. Pure data. */
import { choice, differences, flag, numeric, type Schema } from '../shared/address.ts';
import { OPTIMIZERS, PACES, SCHEDULES, type TrainingSettings } from '../shared/training-settings.ts';
import { DEFAULTS, RANGES, SOURCES, type CnnConfig } from './config.ts';

export interface Entrant {
  readonly name: string;
  readonly label: string;
  readonly config: Partial<CnnConfig>;
}

/** Networks that can be compared; one is added by adding a row. */
export const ENTRANTS = [
  { name: 'mlp', label: 'MLP', config: { model: 'mlp' } },
  { name: 'lenet', label: 'LeNet', config: { model: 'lenet' } },
  { name: 'six-conv', label: 'Six convolutions', config: { model: 'six-conv', width: 16 } },
  { name: 'alexnet', label: 'AlexNet', config: { model: 'alexnet' } },
  { name: 'googlenet', label: 'GoogLeNet', config: { model: 'googlenet' } },
  { name: 'googlenet-1', label: 'GoogLeNet, 1 × 1 alone', config: { model: 'googlenet', branches: [1] } },
  { name: 'googlenet-12', label: 'GoogLeNet, 1 × 1 and 3 × 3', config: { model: 'googlenet', branches: [1, 2] } },
  { name: 'googlenet-123', label: 'GoogLeNet, no pooling', config: { model: 'googlenet', branches: [1, 2, 3] } },
  { name: 'resnet-20', label: 'ResNet-20', config: { model: 'resnet-20' } },
  { name: 'plain-20', label: 'ResNet-20 without skips', config: { model: 'plain-20' } },
  { name: 'densenet', label: 'DenseNet', config: { model: 'densenet' } },
  { name: 'densenet-two', label: 'DenseNet, the last two layers', config: { model: 'densenet', reach: 'two' } },
  { name: 'densenet-one', label: 'DenseNet, the last layer', config: { model: 'densenet', reach: 'one' } },
  { name: 'densenet-none', label: 'DenseNet, no dense connections', config: { model: 'densenet', reach: 'none' } },
] as const satisfies readonly Entrant[];

type Name = (typeof ENTRANTS)[number]['name'];
const NAMES = ENTRANTS.map(({ name }) => name);

export interface CompareConfig extends TrainingSettings<CnnConfig['optimizer']> {
  readonly source: CnnConfig['source'];
  readonly first: Name;
  readonly second: Name;
  readonly augment: boolean;
  /** Along the charts. */
  readonly axis: 'steps' | 'seconds';
  /** Test accuracy in percent, the time to which is told. */
  readonly goal: number;
  readonly panel: boolean;
}

export const GOALS = { min: 10, max: 100, whole: true };

export const compareSchema: Schema<CompareConfig> = {
  source: choice(SOURCES, 'generated'),
  first: choice(NAMES, 'mlp'),
  second: choice(NAMES, 'lenet'),
  optimizer: choice(OPTIMIZERS, 'adam'),
  lr: numeric(0.001, RANGES.lr),
  schedule: choice(SCHEDULES, 'constant'),
  momentum: numeric(0.9, RANGES.momentum),
  weightDecay: numeric(0, RANGES.weightDecay),
  augment: flag(false),
  batch: numeric(32, RANGES.batch),
  epochs: numeric(3, RANGES.epochs),
  seed: numeric(0, RANGES.seed),
  pace: choice(PACES, 'full'),
  axis: choice(['steps', 'seconds'], 'steps'),
  goal: numeric(40, GOALS),
  panel: flag(true),
};

export interface Pair {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly config: Partial<CompareConfig>;
}

const ADAM = { optimizer: 'adam', lr: 0.001, schedule: 'constant', weightDecay: 0, augment: false } as const;

export const PAIRS: readonly Pair[] = [
  {
    name: 'mlp-cnn',
    label: 'MLP against CNN',
    note: 'The MLP has 28 times the parameters, and every one of them is for one place alone. A filter is tried everywhere.',
    config: { ...ADAM, first: 'mlp', second: 'lenet', batch: 32, epochs: 3 },
  },
  {
    name: 'skips',
    label: 'With and without skips',
    note: 'The same 20 layers with the same weights at the start. Where the input of a block is added to its output, gradients have a way around the layers.',
    config: { ...ADAM, first: 'resnet-20', second: 'plain-20', batch: 32, epochs: 2 },
  },
  {
    name: 'inception',
    label: 'Inception branches',
    note: 'All four branches against the 1 × 1 alone: behind the stem only the poolings still see neighbours.',
    config: { ...ADAM, first: 'googlenet', second: 'googlenet-1', batch: 32, epochs: 2 },
  },
  {
    name: 'dense',
    label: 'Dense connections',
    note: 'Each layer sees all layers of its block before it, or only the last one and what came into the block.',
    config: { ...ADAM, first: 'densenet', second: 'densenet-one', batch: 32, epochs: 2 },
  },
];

export const COMPARE_LOOKS: readonly (keyof CompareConfig)[] = ['axis', 'goal', 'panel', 'pace'];

export function matchingPair(config: CompareConfig): Pair | undefined {
  return PAIRS.find((pair) =>
    differences(compareSchema, config, { ...config, ...pair.config }).every(
      (key) => key === 'seed' || key === 'source' || COMPARE_LOOKS.includes(key),
    ),
  );
}

/** The two networks as the lab would train them. */
export function entrantsOf(config: CompareConfig): [Entrant & { full: CnnConfig }, Entrant & { full: CnnConfig }] {
  const { source, lr, schedule, optimizer, momentum, weightDecay, augment, batch, epochs, seed } = config;
  const settings = { source, lr, schedule, optimizer, momentum, weightDecay, augment, batch, epochs, seed };
  const entrant = (wanted: Name): Entrant & { full: CnnConfig } => {
    const found: Entrant = ENTRANTS.find(({ name }) => name === wanted) ?? ENTRANTS[0];
    return { ...found, full: { ...DEFAULTS, ...found.config, ...settings } };
  };
  return [entrant(config.first), entrant(config.second)];
}
