/** The settings by the names that readers see. Knows no page. */
import { formatSetting } from '../shared/format.ts';
import { OPTIMIZER_LABELS } from '../shared/training-settings.ts';
import type { CnnConfig } from './config.ts';

export const MODEL_LABELS = {
  lenet: 'LeNet',
  'six-conv': 'Six convolutions',
  alexnet: 'AlexNet, for 32 × 32',
  googlenet: 'GoogLeNet, an eighth as wide',
  'resnet-20': 'ResNet-20',
  'plain-20': 'ResNet-20 without skips',
  densenet: 'DenseNet, four layers a block',
  mlp: 'MLP, no convolution',
} as const satisfies { [K in CnnConfig['model']]: string };

export const BRANCH_LABELS: Readonly<Record<number, string>> = {
  1: '1 × 1',
  2: '1 × 1, then 3 × 3',
  3: '1 × 1, then another 3 × 3',
  4: 'Maximum, then 1 × 1',
};

export const REACH_LABELS = {
  all: 'All',
  two: 'Last two',
  one: 'Last',
  none: 'None',
} as const satisfies { [K in CnnConfig['reach']]: string };

/** One line for a closed panel: what is trained, and how. */
export function describe({ source, model, optimizer, lr }: CnnConfig): string {
  const data = source === 'files' ? 'CIFAR-10' : 'Shapes';
  return `${data}, ${MODEL_LABELS[model]}, ${OPTIMIZER_LABELS[optimizer]} ${formatSetting(lr)}`;
}
