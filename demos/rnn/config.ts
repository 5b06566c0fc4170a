/**
 * The configuration of the RNN lab: every setting and its range. Pure data, so that the page can paint its controls
 * before the engine is loaded, and the terminal can check its options without a browser.
 */
import { choice, differences, flag, numeric, word, type Schema } from '../shared/address.ts';
import { OPTIMIZERS, PACES, SCHEDULES } from '../shared/training-settings.ts';

export const SOURCES = ['generated', 'files'] as const;
export const TASKS = ['pairs', 'memory', 'characters'] as const;
export const MODELS = ['rnn', 'gru', 'lstm', 'transformer', 'bert'] as const;
export const POOLINGS = ['last', 'max', 'mean'] as const;

/** Of pre-training, where it is asked for. */
export const PASSES = 5;

export interface RnnConfig {
  /** Generated sentences, or MRPC or a text from files that were dropped on the page. */
  readonly source: (typeof SOURCES)[number];
  /** Whether two sentences say the same; which symbol was marked, many steps ago; or which character comes next. */
  readonly task: (typeof TASKS)[number];
  /** `transformer` reads each sentence by itself, as recurrent ones do; `bert` both together. */
  readonly model: (typeof MODELS)[number];
  readonly bidirectional: boolean;
  /** The words of each sentence look for their like in the other; of recurrent ones and `transformer`. */
  readonly attention: boolean;
  /** What stands for a sentence: the last state, or the greatest or mean of each feature. */
  readonly pooling: (typeof POOLINGS)[number];
  /** Recurrent weights begin as an orthogonal matrix. */
  readonly orthogonal: boolean;
  /** What the forget gates of the LSTM begin with, in `memory`. */
  readonly forgetBias: number;
  /** Whether word vectors are learnt, or stay as they were drawn: equal words are equal all the same. */
  readonly trainWords: boolean;
  /** Features of a token. */
  readonly embedding: number;
  /** Of each direction. */
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Words that a sentence keeps, or characters of a window. */
  readonly length: number;
  readonly dropout: number;
  /** Of `bert`: how often to go through unlabelled text before, guessing masked words. 0 is from scratch. */
  readonly pretrain: number;
  /** Of `bert`: it begins from an encoder that a reader brings, with the sizes and words of that one. */
  readonly given: boolean;
  /** Of `bert`: only the classifier learns. */
  readonly frozen: boolean;
  readonly optimizer: (typeof OPTIMIZERS)[number];
  /** Of a schedule the highest: of a cosine the first, of the others that which they rise to. */
  readonly lr: number;
  readonly schedule: (typeof SCHEDULES)[number];
  readonly momentum: number;
  readonly weightDecay: number;
  /** Gradients are scaled down to this norm; 0 leaves them as they are. */
  readonly clip: number;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
  readonly pace: (typeof PACES)[number];
  /** How boldly characters are drawn; 0 takes the likeliest. */
  readonly temperature: number;
  /** The picture in the middle. */
  readonly view: string;
  readonly panel: boolean;
}

export const RANGES = {
  embedding: { min: 4, max: 512, whole: true },
  hidden: { min: 2, max: 512, whole: true },
  layers: { min: 1, max: 6, whole: true },
  heads: { min: 1, max: 8, whole: true },
  length: { min: 8, max: 256, whole: true },
  forgetBias: { min: -4, max: 8 },
  dropout: { min: 0, max: 0.9 },
  pretrain: { min: 0, max: 100, whole: true },
  lr: { min: 1e-5, max: 10 },
  momentum: { min: 0.1, max: 0.999 },
  weightDecay: { min: 0, max: 1 },
  clip: { min: 0, max: 100 },
  batch: { min: 1, max: 256, whole: true },
  epochs: { min: 1, max: 500, whole: true },
  seed: { min: 0, max: 999_999, whole: true },
  temperature: { min: 0, max: 2 },
} as const;

export const schema: Schema<RnnConfig> = {
  source: choice(SOURCES, 'generated'),
  task: choice(TASKS, 'pairs'),
  model: choice(MODELS, 'lstm'),
  bidirectional: flag(false),
  attention: flag(false),
  pooling: choice(POOLINGS, 'last'),
  orthogonal: flag(false),
  forgetBias: numeric(0, RANGES.forgetBias),
  trainWords: flag(true),
  embedding: numeric(64, RANGES.embedding),
  hidden: numeric(64, RANGES.hidden),
  layers: numeric(1, RANGES.layers),
  heads: numeric(4, RANGES.heads),
  length: numeric(40, RANGES.length),
  dropout: numeric(0.2, RANGES.dropout),
  pretrain: numeric(0, RANGES.pretrain),
  given: flag(false),
  frozen: flag(false),
  optimizer: choice(OPTIMIZERS, 'adam'),
  lr: numeric(0.001, RANGES.lr),
  schedule: choice(SCHEDULES, 'constant'),
  momentum: numeric(0.9, RANGES.momentum),
  weightDecay: numeric(0, RANGES.weightDecay),
  clip: numeric(0, RANGES.clip),
  batch: numeric(32, RANGES.batch),
  epochs: numeric(10, RANGES.epochs),
  seed: numeric(0, RANGES.seed),
  pace: choice(PACES, 'full'),
  temperature: numeric(0.8, RANGES.temperature),
  view: word('pairs'),
  panel: flag(true),
};

export const DEFAULTS: RnnConfig = Object.fromEntries(
  Object.entries(schema).map(([key, field]) => [key, field.fallback]),
) as unknown as RnnConfig;

/** Whether the model begins from an encoder that a reader brings. */
export function isGiven({ task, model, given }: Pick<RnnConfig, 'task' | 'model' | 'given'>): boolean {
  return task === 'pairs' && model === 'bert' && given;
}

/** Whether the model is pre-trained here before it sees pairs. */
export function isPretrained(config: Pick<RnnConfig, 'task' | 'model' | 'given' | 'pretrain'>): boolean {
  return config.task === 'pairs' && config.model === 'bert' && config.pretrain > 0 && !isGiven(config);
}

/** What stands for a sentence: where words are looked up or seen at once, no last state has read them all. */
export function poolingOf({ pooling, attention, model }: RnnConfig): RnnConfig['pooling'] {
  return pooling === 'last' && (attention || model === 'transformer') ? 'max' : pooling;
}

/** What only the page is about. */
export const LOOKS: readonly (keyof RnnConfig)[] = ['pace', 'temperature', 'view', 'panel'];

/** Settings that a running training takes over; any other change starts it anew. */
const LIVE: readonly (keyof RnnConfig)[] = [...LOOKS, 'lr', 'momentum', 'weightDecay', 'batch', 'epochs'];

/** Whether a training that runs as `previous` says can go on as `next` does. */
export function canTakeOver(previous: RnnConfig, next: RnnConfig): boolean {
  return differences(schema, previous, next).every((key) => LIVE.includes(key));
}
