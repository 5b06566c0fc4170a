/**
 * From a configuration to everything a session trains: data, model, optimiser. Used alike by the lab and by the
 * terminal run; knows no page.
 */
import {
  data,
  getGeneratorState,
  manualSeed,
  nn,
  optim,
  setGeneratorState,
  tensor,
  type Tensor,
} from '../../src/index.ts';
import type { LabelledSet, Optimizer, Task } from '../shared/task.ts';
import type { MlpConfig } from './config.ts';
import { digitsFrom, generatedDigits, pointsOf, type DigitFiles, type Labelled, type Split } from './examples.ts';

export interface MlpTask extends Task {
  readonly model: nn.Sequential;
  config: MlpConfig;
  readonly features: number;
  readonly classes: number;
  /** Goes on as another configuration says (which ones it can, `canTakeOver` knows); true where the step is another. */
  readonly adapt: (config: MlpConfig, optimizer: Optimizer) => boolean;
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
  const task: MlpTask = {
    model,
    config,
    features,
    classes,
    copyModel: () => unseeded(() => buildModel(features, classes, task.config)),
    makeOptimizer: () => OPTIMIZER[task.config.optimizer](model.parameters(), task.config),
    makeSchedule: (optimizer) => scheduleOf(optimizer as optim.Optimizer, task),
    augment: (x) => (config.mode === 'digits' && task.config.augment ? deformed(x) : x),
    penalty: () => (task.config.l1 > 0 ? sizeOfWeights(model).mul(tensor(task.config.l1)) : null),
    ...batchesOf(train, config),
    trainSize: train.length,
    trainScored: firstOf(train, SCORED),
    testScored: firstOf(test, options.wholeTest ? test.length : SCORED),
    adapt(next, optimizer) {
      const { batch, l1 } = task.config;
      if (next.batch !== batch) Object.assign(task, batchesOf(train, next));
      task.config = next;
      adaptLayers(model, next);
      adaptOptimizer(optimizer, next);
      return next.l1 !== l1;
    },
  };
  return task;
}

/** What takes random numbers without taking them from the run. */
function unseeded<T>(make: () => T): T {
  const state = getGeneratorState();
  try {
    return make();
  } finally {
    setGeneratorState(state);
  }
}

function batchesOf(train: Labelled, { batch, seed }: MlpConfig): Pick<Task, 'batches' | 'batchSize' | 'stepsPerEpoch'> {
  const batchSize = Math.min(batch, train.length);
  const batches = new data.DataLoader(train, { batchSize, shuffle: true, seed });
  return { batches, batchSize, stepsPerEpoch: batches.length };
}

function adaptLayers(model: nn.Sequential, { inputDropout, dropout }: MlpConfig): void {
  model.children().forEach(([, layer], index) => {
    if (layer instanceof nn.Dropout) layer.p = index === 0 ? inputDropout : dropout;
  });
}

function adaptOptimizer(optimizer: Optimizer, { lr, momentum, weightDecay }: MlpConfig): void {
  optimizer.lr = lr;
  if (optimizer instanceof optim.SGD)
    // Plain SGD has no velocity and is to stay plain.
    for (const group of optimizer.paramGroups)
      Object.assign(group, { weightDecay, momentum: group.momentum === 0 ? 0 : momentum });
  else if (optimizer instanceof optim.Adam)
    for (const group of optimizer.paramGroups) group.weightDecay = weightDecay;
}

/** Ends with the epochs that were asked for; who trains on does so at the last rate. */
function scheduleOf(optimizer: optim.Optimizer, { config, stepsPerEpoch }: MlpTask): { step(): void } | null {
  if (config.schedule === 'constant') return null;
  const totalSteps = config.epochs * stepsPerEpoch;
  const cycleMomentum = config.optimizer !== 'sgd';
  const schedule =
    config.schedule === 'cosine'
      ? new optim.lrScheduler.CosineAnnealingLR(optimizer, totalSteps)
      : new optim.lrScheduler.OneCycleLR(optimizer, config.lr, { totalSteps, cycleMomentum });
  let left = totalSteps - 1;
  return {
    step() {
      if (left-- > 0) schedule.step();
    },
  };
}

/** Simard et al. 2003: what a digit may go through and still be the same digit. */
const DEFORMATION = new data.Augment({
  rotate: 12,
  scale: 0.12,
  shear: 0.12,
  shift: 1.5,
  elastic: { alpha: 34, sigma: 5 },
});

/** @param x digits [batch, side * side] */
function deformed(x: Tensor): Tensor {
  const side = Math.sqrt(x.shape[1]!);
  return DEFORMATION.apply(x.reshape([-1, 1, side, side])).reshape(x.shape);
}

/** The sum over all weights of their size; biases are left alone. */
function sizeOfWeights(model: nn.Sequential): Tensor {
  const weights = model.parameters().filter(({ shape }) => shape.length > 1);
  return weights.map((weight) => weight.abs().sum()).reduce((sum, part) => sum.add(part));
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

type Settings = Pick<MlpConfig, 'lr' | 'momentum' | 'weightDecay'>;
type MakeOptimizer = (parameters: nn.Parameter[], settings: Settings) => Optimizer;

const OPTIMIZER: { readonly [K in MlpConfig['optimizer']]: MakeOptimizer } = {
  sgd: (parameters, { lr, weightDecay }) => new optim.SGD(parameters, { lr, weightDecay }),
  momentum: (parameters, { lr, momentum, weightDecay }) => new optim.SGD(parameters, { lr, momentum, weightDecay }),
  nesterov: (parameters, { lr, momentum, weightDecay }) =>
    new optim.SGD(parameters, { lr, momentum, weightDecay, nesterov: true }),
  adam: (parameters, { lr, weightDecay }) => new optim.Adam(parameters, { lr, weightDecay }),
  adamw: (parameters, { lr, weightDecay }) => new optim.AdamW(parameters, { lr, weightDecay }),
};
