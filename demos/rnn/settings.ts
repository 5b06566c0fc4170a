/** The settings by the names that readers see. Knows no page. */
import { formatSetting } from '../shared/format.ts';
import { OPTIMIZER_LABELS } from '../shared/training-settings.ts';
import type { RnnConfig } from './config.ts';

export const TASK_LABELS = {
  pairs: 'Sentence pairs',
  memory: 'Memory',
  characters: 'Writer',
} as const satisfies { [K in RnnConfig['task']]: string };

export const MODEL_LABELS = {
  rnn: 'Vanilla RNN',
  gru: 'GRU',
  lstm: 'LSTM',
  transformer: 'Transformer encoder',
  bert: 'Small BERT, both sentences at once',
} as const satisfies { [K in RnnConfig['model']]: string };

export const POOLING_LABELS = {
  last: 'The last state',
  max: 'The greatest of each feature',
  mean: 'The mean of each feature',
} as const satisfies { [K in RnnConfig['pooling']]: string };

/** One line for a closed panel: what is trained, and how. */
export function describe({ task, model, length, optimizer, lr }: RnnConfig): string {
  if (task === 'memory')
    return `RNN against LSTM, ${length} steps, ${OPTIMIZER_LABELS[optimizer]} ${formatSetting(lr)}`;
  return `${TASK_LABELS[task]}, ${MODEL_LABELS[model]}, ${OPTIMIZER_LABELS[optimizer]} ${formatSetting(lr)}`;
}
