/** The presets of the RNN lab: configurations with a name and what they show. Pure data. */
import { DEFAULTS, LOOKS, PASSES, type RnnConfig } from './config.ts';

export interface Preset {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly config: Partial<RnnConfig>;
}

/** Everything that is trained, so that no setting of another preset stays behind. */
export const PLAIN: Partial<RnnConfig> = Object.fromEntries(
  Object.entries(DEFAULTS).filter(([key]) => !['source', 'seed', ...LOOKS].includes(key)),
);

/**
 * For MRPC: four thousand pairs are too few to learn ten thousand words by, so that their vectors stay as they are
 * drawn, and after a few passes a model only learns its pairs by heart. The rate falls to 0, for at a constant one the
 * share that is called paraphrases swings from step to step.
 */
const FEW: Partial<RnnConfig> = { ...PLAIN, trainWords: false, dropout: 0.3, schedule: 'linear', epochs: 4 };

export const BERT: Partial<RnnConfig> = {
  ...PLAIN,
  model: 'bert',
  embedding: 64,
  layers: 2,
  heads: 4,
  length: 56,
  dropout: 0.1,
  lr: 0.0005,
  optimizer: 'adamw',
  weightDecay: 0.01,
  schedule: 'linear',
  clip: 1,
  epochs: 5,
};

export const PRESETS: readonly Preset[] = [
  {
    name: 'paraphrases',
    label: 'Generated paraphrases, a BiLSTM with attention',
    note: 'Other words for the same, or the same words for something else: counting common words tells nothing here.',
    config: {
      ...PLAIN,
      bidirectional: true,
      attention: true,
      pooling: 'max',
      dropout: 0,
      lr: 0.003,
      length: 18,
      epochs: 8,
    },
  },
  {
    name: 'rnn',
    label: 'A vanilla RNN',
    note: 'One state that every word overwrites: of a long sentence little reaches the end.',
    config: { ...FEW, model: 'rnn', clip: 1 },
  },
  {
    name: 'lstm',
    label: 'An LSTM',
    note: 'Gates decide what the cell keeps, so that gradients reach the first words.',
    config: { ...FEW, model: 'lstm' },
  },
  {
    name: 'bilstm',
    label: 'A BiLSTM',
    note: 'Read from both ends; each feature is the greatest that any word gave.',
    config: { ...FEW, model: 'lstm', bidirectional: true, pooling: 'max' },
  },
  {
    name: 'bilstm-attention',
    label: 'A BiLSTM with attention',
    note: 'Each word looks for its like in the other sentence, and is compared with what it finds.',
    config: { ...FEW, model: 'lstm', bidirectional: true, attention: true, pooling: 'max' },
  },
  {
    name: 'transformer',
    label: 'A transformer encoder',
    note: 'No recurrence: in two layers every word sees all words of its sentence at once.',
    config: { ...FEW, model: 'transformer', layers: 2, pooling: 'mean', lr: 0.0005 },
  },
  {
    name: 'scratch',
    label: 'A small BERT from scratch',
    note: 'Both sentences together, and nothing known before: MRPC’s four thousand pairs are too few.',
    config: BERT,
  },
  {
    name: 'pretrained',
    label: 'The same BERT, pre-trained',
    note: 'First it guesses masked words of unlabelled text, then it learns the pairs.',
    config: { ...BERT, pretrain: PASSES },
  },
  {
    name: 'char',
    label: 'Writing, character by character',
    note: 'An LSTM that learns which character comes next, and writes as it learns.',
    config: {
      ...PLAIN,
      task: 'characters',
      model: 'lstm',
      hidden: 128,
      length: 64,
      dropout: 0,
      lr: 0.003,
      clip: 1,
      epochs: 2,
    },
  },
];
