/** The settings by the names that readers see. Knows no page. */
import { formatSetting } from '../shared/format.ts';
import type { CnnConfig } from './config.ts';

export const MODEL_LABELS = {
  lenet: 'LeNet',
  'six-conv': 'Six convolutions',
  'resnet-20': 'ResNet-20',
  'plain-20': 'ResNet-20 without skips',
  mlp: 'MLP, no convolution',
} as const satisfies { [K in CnnConfig['model']]: string };

export const OPTIMIZER_LABELS = {
  sgd: 'SGD',
  momentum: 'SGD with momentum',
  adam: 'Adam',
  adamw: 'AdamW',
} as const satisfies { [K in CnnConfig['optimizer']]: string };

export const SCHEDULE_LABELS = {
  constant: 'Constant',
  'one-cycle': 'One cycle: up, then far down',
  cosine: 'Cosine, down to 0',
} as const satisfies { [K in CnnConfig['schedule']]: string };

/** One line for a closed panel: what is trained, and how. */
export function describe({ source, model, optimizer, lr }: CnnConfig): string {
  const data = source === 'files' ? 'CIFAR-10' : 'Shapes';
  return `${data}, ${MODEL_LABELS[model]}, ${optimizer === 'sgd' ? 'SGD' : optimizer} ${formatSetting(lr)}`;
}
