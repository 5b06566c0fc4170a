/**
 * From a configuration to everything a session trains: data, model, optimiser. Used alike by the lab and by the
 * terminal run; knows no page.
 */
import { data, manualSeed, nn, optim } from '../../src/index.ts';
import type { LabelledSet, Optimizer, Task } from '../shared/task.ts';
import type { MlpConfig } from './config.ts';
import { digitsFrom, generatedDigits, pointsOf, type DigitFiles, type Labelled, type Split } from './examples.ts';

export interface MlpTask extends Task {
  readonly model: nn.Sequential;
  readonly config: MlpConfig;
  readonly features: number;
  readonly classes: number;
}

/** Stages are given whatever task is in hand; those of this lab know their own. */
export function isMlpTask(task: Task): task is MlpTask {
  return task.model instanceof nn.Sequential && 'features' in task;
}

/** Scored while training; all of a large set would take longer than the epoch it follows. */
const SCORED = 1000;

export interface TaskOptions {
  /** MNIST instead of generated digits. */
  readonly files?: DigitFiles;
  /** Score the whole test set, as a figure to be reported must. */
  readonly wholeTest?: boolean;
}

export async function makeTask(config: MlpConfig, options: TaskOptions = {}): Promise<MlpTask> {
  const { train, test, features, classes } = await examplesOf(config, options);
  manualSeed(config.seed);
  const model = buildModel(features, classes, config);
  model.train();
  const batchSize = Math.min(config.batch, train.length);
  const batches = new data.DataLoader(train, { batchSize, shuffle: true, seed: config.seed });
  return {
    model,
    config,
    features,
    classes,
    makeOptimizer: () =>
      OPTIMIZER[config.optimizer](model.parameters(), { lr: config.lr, weightDecay: config.weightDecay }),
    batches,
    batchSize,
    stepsPerEpoch: batches.length,
    trainSize: train.length,
    trainScored: firstOf(train, SCORED),
    testScored: firstOf(test, options.wholeTest ? test.length : SCORED),
  };
}

async function examplesOf(config: MlpConfig, { files }: TaskOptions): Promise<Split> {
  if (config.mode === 'plane') return pointsOf(config);
  return files ? digitsFrom(files) : generatedDigits(config.seed);
}

function firstOf({ tensors, length }: Labelled, most: number): LabelledSet {
  const [x, y] = tensors;
  return { x, y, size: Math.min(length, most) };
}

/** Linear layers with the activation, and dropout where it is asked for, between them. */
export function buildModel(features: number, classes: number, config: MlpConfig): nn.Sequential {
  const layers: nn.Module[] = [];
  if (config.inputDropout > 0) layers.push(new nn.Dropout(config.inputDropout));
  let width = features;
  for (const units of config.hidden) {
    layers.push(new nn.Linear(width, units), ACTIVATION[config.activation]());
    if (config.dropout > 0) layers.push(new nn.Dropout(config.dropout));
    width = units;
  }
  layers.push(new nn.Linear(width, classes));
  return new nn.Sequential(...layers);
}

const ACTIVATION = {
  relu: () => new nn.ReLU(),
  tanh: () => new nn.Tanh(),
  sigmoid: () => new nn.Sigmoid(),
} satisfies { [K in MlpConfig['activation']]: () => nn.Module };

type MakeOptimizer = (parameters: nn.Parameter[], options: { lr: number; weightDecay: number }) => Optimizer;

const OPTIMIZER: { readonly [K in MlpConfig['optimizer']]: MakeOptimizer } = {
  sgd: (parameters, options) => new optim.SGD(parameters, options),
  momentum: (parameters, options) => new optim.SGD(parameters, { ...options, momentum: 0.9 }),
  nesterov: (parameters, options) => new optim.SGD(parameters, { ...options, momentum: 0.9, nesterov: true }),
  adam: (parameters, options) => new optim.Adam(parameters, options),
  adamw: (parameters, options) => new optim.AdamW(parameters, options),
};
