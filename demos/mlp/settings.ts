/** The settings by the names that readers see, and their values as they are written. Knows no page. */
import { schema, type MlpConfig } from './config.ts';
import { formatSetting } from '../shared/format.ts';

export const PLANE_LABELS = {
  spirals: 'Spirals',
  moons: 'Moons',
  circles: 'Circles',
  blobs: 'Blobs',
  xor: 'XOR',
} as const satisfies { [K in MlpConfig['plane']]: string };

export const ACTIVATION_LABELS = {
  relu: 'ReLU',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  'leaky-relu': 'Leaky ReLU',
  elu: 'ELU',
  gelu: 'GELU',
  silu: 'SiLU',
} as const satisfies { [K in MlpConfig['activation']]: string };

export const OPTIMIZER_LABELS = {
  sgd: 'SGD',
  momentum: 'SGD with momentum',
  nesterov: 'SGD with Nesterov momentum',
  rmsprop: 'RMSprop',
  adagrad: 'Adagrad',
  adam: 'Adam',
  adamw: 'AdamW',
} as const satisfies { [K in MlpConfig['optimizer']]: string };

const NAMES: { readonly [K in keyof MlpConfig]?: string } = {
  hidden: 'Hidden units',
  lr: 'Learning rate',
  inputDropout: 'Dropout, input',
  dropout: 'Dropout, hidden',
  weightDecay: 'Weight decay',
  batch: 'Batch size',
  optimizer: 'Optimiser',
  schedule: 'Schedule',
  augment: 'Augmentation',
};

export function nameOf(key: keyof MlpConfig): string {
  const words = NAMES[key] ?? key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

export function valueOf(key: keyof MlpConfig, config: MlpConfig): string {
  const value = config[key];
  if (key === 'activation') return ACTIVATION_LABELS[config.activation];
  if (key === 'optimizer') return OPTIMIZER_LABELS[config.optimizer];
  if (key === 'augment') return config.augment ? 'on' : 'off';
  if (key === 'hidden') return config.hidden.length > 0 ? config.hidden.join('-') : 'none';
  if (typeof value === 'number') return formatSetting(value);
  return String(value ?? schema[key].fallback);
}

/** One line for a closed panel: what is trained, and how. */
export function describe({ mode, plane, hidden, activation, optimizer, lr }: MlpConfig): string {
  const data = { plane: PLANE_LABELS[plane], digits: 'Digits', table: 'Your table' }[mode];
  const net = hidden.length > 0 ? `${hidden.join('-')} ${ACTIVATION_LABELS[activation]}` : 'no hidden layer';
  return `${data}, ${net}, ${optimizer === 'sgd' ? 'SGD' : optimizer} ${formatSetting(lr)}`;
}
