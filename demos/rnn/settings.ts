/** The settings by the names that readers see. Knows no page. */
import { differences } from '../shared/address.ts';
import { formatSetting } from '../shared/format.ts';
import { OPTIMIZER_LABELS } from '../shared/training-settings.ts';
import { LOOKS, isGiven, schema, type RnnConfig } from './config.ts';

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
  bert: 'BERT, both sentences at once',
} as const satisfies { [K in RnnConfig['model']]: string };

export const POOLING_LABELS = {
  last: 'The last state',
  max: 'The greatest of each feature',
  mean: 'The mean of each feature',
} as const satisfies { [K in RnnConfig['pooling']]: string };

/** What a network is, in a few words. */
export function describeNetwork(config: RnnConfig): string {
  const { model, bidirectional, attention, orthogonal, pretrain, frozen } = config;
  if (isGiven(config)) return ['BERT, as given', ...(frozen ? ['frozen'] : [])].join(', ');
  if (model === 'bert')
    return ['Small BERT', pretrain > 0 ? 'pre-trained' : 'from scratch', ...(frozen ? ['frozen'] : [])].join(', ');
  const recurrent = model !== 'transformer';
  return [
    MODEL_LABELS[model],
    ...(recurrent && bidirectional ? ['both directions'] : []),
    ...(attention ? ['attention'] : []),
    ...(recurrent && orthogonal ? ['orthogonal start'] : []),
  ].join(', ');
}

/** The numbers of one run that those of another are unlike, by their names in the address. */
export function unlike(config: RnnConfig, other: RnnConfig): string {
  const apart: readonly string[] = [...LOOKS, 'epochs', 'model', 'pretrain'];
  const keys = differences(schema, config, other).filter((key) => !apart.includes(key));
  return keys
    .flatMap((key) => {
      const value = config[key];
      if (typeof value === 'boolean') return [];
      return `${key} ${typeof value === 'number' ? formatSetting(value) : value}`;
    })
    .join(', ');
}

/** One line for a closed panel: what is trained, and how. */
export function describe({ task, model, length, optimizer, lr }: RnnConfig): string {
  if (task === 'memory')
    return `RNN against LSTM, ${length} steps, ${OPTIMIZER_LABELS[optimizer]} ${formatSetting(lr)}`;
  return `${TASK_LABELS[task]}, ${MODEL_LABELS[model]}, ${OPTIMIZER_LABELS[optimizer]} ${formatSetting(lr)}`;
}
