/** The presets of the MLP lab: configurations with a name and what they show. Pure data. */
import { differences } from '../shared/address.ts';
import { schema, type MlpConfig } from './config.ts';

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
    note: '784-512-512-10, dropout 0.1 after each layer, Adam with one cycle to 0.002, every digit deformed anew in every step.',
    config: {
      ...DIGITS,
      hidden: [512, 512],
      activation: 'relu',
      dropout: 0.1,
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
