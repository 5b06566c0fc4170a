/**
 * From a configuration to everything a session trains: data, model, optimiser. Used alike by the lab and by the
 * terminal run; knows no page.
 */
import { manualSeed, nn, optim } from '../../src/index.ts';
import { encode } from '../shared/address.ts';
import { adaptOptimizer, batchesOf, unseeded } from '../shared/recipe-parts.ts';
import { scheduleOf } from '../shared/schedule.ts';
import type { LabelledSet, Optimizer, Task } from '../shared/task.ts';
import { schema, type MlpConfig } from './config.ts';
import { deform } from './deform.ts';
import {
  digitsFrom,
  generatedDigits,
  pointsOf,
  rowsOf,
  type DigitFiles,
  type Labelled,
  type Split,
} from './examples.ts';
import type { OwnTable, PlaneAxis } from './table-data.ts';

export interface MlpTask extends Task {
  readonly model: nn.Sequential;
  readonly trainScored: LabelledSet;
  readonly testScored: LabelledSet;
  config: MlpConfig;
  readonly features: number;
  readonly classes: number;
  /** Of a table; others have numbers or letters for names. */
  readonly classNames: readonly string[] | null;
  /** Of a table of two features. */
  readonly axes: readonly [PlaneAxis, PlaneAxis] | null;
  readonly testRows: Int32Array | null;
  readonly table: OwnTable | null;
  /** Goes on as another configuration says (which ones it can, `canTakeOver` knows). */
  readonly adapt: (config: MlpConfig, optimizer: Optimizer) => void;
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
  /** What the configurations of tables are about. */
  readonly table?: OwnTable;
  /** Score the whole test set, as a figure to be reported must. */
  readonly wholeTest?: boolean;
}

export async function makeTask(config: MlpConfig, options: TaskOptions = {}): Promise<MlpTask> {
  const {
    train,
    test,
    features,
    classes,
    classNames = null,
    axes = null,
    testRows = null,
  } = await examplesOf(config, options);
  manualSeed(config.seed);
  const model = buildModel(features, classes, config);
  model.train();
  const task: MlpTask = {
    model,
    config,
    features,
    classes,
    classNames,
    axes,
    testRows,
    table: config.mode === 'table' ? (options.table ?? null) : null,
    copyModel: () => unseeded(() => buildModel(features, classes, task.config)),
    makeOptimizer: () => OPTIMIZER[task.config.optimizer](model.parameters(), task.config),
    tune: (optimizer) => adaptRates(optimizer, task.config),
    notes: () => encode(schema, task.config),
    makeSchedule: (optimizer) => scheduleOf(optimizer as optim.Optimizer, task.config, task.stepsPerEpoch),
    augment: (x) => (config.mode === 'digits' && task.config.augment ? deform(x) : x),
    ...batchesOf(train, config),
    trainSize: train.length,
    trainScored: firstOf(train, SCORED),
    testScored: firstOf(test, options.wholeTest ? test.length : SCORED),
    testWhole: options.wholeTest || test.length <= SCORED ? null : firstOf(test, test.length),
    adapt(next, optimizer) {
      if (next.batch !== task.config.batch) Object.assign(task, batchesOf(train, next));
      task.config = next;
      adaptLayers(model, next);
      adaptRates(optimizer, next);
    },
  };
  return task;
}

function adaptLayers(model: nn.Sequential, { inputDropout, dropout }: MlpConfig): void {
  model.children().forEach(([, layer], index) => {
    if (layer instanceof nn.Dropout) layer.p = index === 0 ? inputDropout : dropout;
  });
}

function adaptRates(optimizer: Optimizer, config: MlpConfig): void {
  adaptOptimizer(optimizer, config);
  if (!(optimizer instanceof optim.Optimizer)) return;
  for (const group of optimizer.paramGroups) Object.assign(group, { l1: config.l1 });
}

async function examplesOf(config: MlpConfig, { files, table }: TaskOptions): Promise<Split> {
  if (config.mode === 'table') {
    if (!table)
      throw new Error('This link is about a table that the page does not have. Drop the CSV file on the page.');
    return rowsOf(table, config);
  }
  if (config.mode === 'plane') return pointsOf(config);
  return files ? digitsFrom(files) : generatedDigits(config.seed);
}

function firstOf({ tensors, length }: Labelled, most: number): LabelledSet {
  const [x, y] = tensors;
  return { x, y, size: Math.min(length, most) };
}

/** Linear layers with the activation, and dropout where it is asked for, or everywhere, between them. */
export function buildModel(
  features: number,
  classes: number,
  config: MlpConfig,
  everywhere = config.dropout > 0,
): nn.Sequential {
  const layers: nn.Module[] = [];
  if (config.inputDropout > 0) layers.push(new nn.Dropout(config.inputDropout));
  let width = features;
  for (const units of config.hidden) {
    layers.push(new nn.Linear(width, units), ACTIVATION[config.activation]());
    if (everywhere) layers.push(new nn.Dropout(config.dropout));
    width = units;
  }
  layers.push(new nn.Linear(width, classes));
  return new nn.Sequential(...layers);
}

const ACTIVATION = {
  relu: () => new nn.ReLU(),
  tanh: () => new nn.Tanh(),
  sigmoid: () => new nn.Sigmoid(),
  'leaky-relu': () => new nn.LeakyReLU(),
  elu: () => new nn.ELU(),
  gelu: () => new nn.GELU(),
  silu: () => new nn.SiLU(),
} satisfies { [K in MlpConfig['activation']]: () => nn.Module };

export function makeOptimizer(model: nn.Module, config: MlpConfig): Optimizer {
  return OPTIMIZER[config.optimizer](model.parameters(), config);
}

type MakeOptimizer = (parameters: nn.Parameter[], config: MlpConfig) => Optimizer;

const common = ({ lr, weightDecay, l1 }: MlpConfig) => ({ lr, weightDecay, l1 });

const OPTIMIZER: { readonly [K in MlpConfig['optimizer']]: MakeOptimizer } = {
  sgd: (parameters, config) => new optim.SGD(parameters, common(config)),
  momentum: (parameters, config) => new optim.SGD(parameters, { ...common(config), momentum: config.momentum }),
  nesterov: (parameters, config) =>
    new optim.SGD(parameters, { ...common(config), momentum: config.momentum, nesterov: true }),
  rmsprop: (parameters, config) => new optim.RMSprop(parameters, common(config)),
  adagrad: (parameters, config) => new optim.Adagrad(parameters, common(config)),
  adam: (parameters, config) => new optim.Adam(parameters, common(config)),
  adamw: (parameters, config) => new optim.AdamW(parameters, common(config)),
};
