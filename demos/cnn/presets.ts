/** The presets of the CNN lab: configurations with a name and what they show. Pure data. */
import { differences } from '../shared/address.ts';
import { LOOKS, schema, type CnnConfig } from './config.ts';

export interface Preset {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly config: Partial<CnnConfig>;
}

const AUGMENTED = { augment: true, crop: 4, flip: true, jitter: 0, cutout: 0 } as const;
const PLAIN = { optimizer: 'momentum', momentum: 0.9, schedule: 'constant', weightDecay: 0, augment: false } as const;

export const PRESETS: readonly Preset[] = [
  {
    name: 'shapes',
    label: 'Coloured shapes, LeNet',
    note: 'Ten shapes in any colour on any ground: nothing but their form tells them apart.',
    config: { ...PLAIN, model: 'lenet', dropout: 0, optimizer: 'adam', lr: 0.001, batch: 32, epochs: 10 },
  },
  {
    name: 'tutorial',
    label: 'The tutorial: LeNet, batches of 4',
    note: 'Two convolutions and three linear layers, SGD 0.001 with momentum 0.9, two passes over CIFAR-10.',
    config: { ...PLAIN, model: 'lenet', dropout: 0, lr: 0.001, batch: 4, epochs: 2 },
  },
  {
    name: 'lenet',
    label: 'LeNet, batches of 32',
    note: 'The same network, SGD 0.01 with momentum 0.9, five passes.',
    config: { ...PLAIN, model: 'lenet', dropout: 0, lr: 0.01, batch: 32, epochs: 5 },
  },
  {
    name: 'mlp',
    label: 'An MLP on the same images',
    note: '3072-512-256-10: its first layer alone has 25 times the weights of all of LeNet, and it knows of no neighbours.',
    config: { ...PLAIN, model: 'mlp', dropout: 0, lr: 0.01, batch: 32, epochs: 5 },
  },
  {
    name: 'six-conv',
    label: 'Six convolutions with batch normalisation',
    note: 'Three stages of two, Adam with one cycle to 0.01. Few passes need little variety: a pixel’s shift, and mirrors.',
    config: {
      model: 'six-conv',
      width: 12,
      dropout: 0,
      optimizer: 'adam',
      lr: 0.01,
      schedule: 'one-cycle',
      weightDecay: 0,
      ...AUGMENTED,
      crop: 1,
      batch: 64,
      epochs: 4,
    },
  },
  {
    name: 'resnet-20',
    label: 'ResNet-20',
    note: 'Nineteen convolutions with skip connections, SGD 0.1 with momentum and cosine.',
    config: {
      model: 'resnet-20',
      dropout: 0,
      optimizer: 'momentum',
      lr: 0.1,
      momentum: 0.9,
      schedule: 'cosine',
      weightDecay: 0.0001,
      ...AUGMENTED,
      batch: 64,
      epochs: 10,
    },
  },
  {
    name: 'plain-20',
    label: 'The same depth without skips',
    note: 'The twin of ResNet-20: equal but for its skip connections.',
    config: {
      model: 'plain-20',
      dropout: 0,
      optimizer: 'momentum',
      lr: 0.1,
      momentum: 0.9,
      schedule: 'cosine',
      weightDecay: 0.0001,
      ...AUGMENTED,
      batch: 64,
      epochs: 10,
    },
  },
];

/** The preset that a configuration still is, if any. */
export function matchingPreset(config: CnnConfig): Preset | undefined {
  const ignored: readonly string[] = [...LOOKS, 'source', 'seed'];
  return PRESETS.find((preset) =>
    differences(schema, config, { ...config, ...preset.config }).every((key) => ignored.includes(key)),
  );
}
