/**
 * From a configuration to everything a session trains: data, model, optimiser. Used alike by the lab and by the
 * terminal run; knows no page.
 */
import { manualSeed, models, nn, type optim } from '../../src/index.ts';
import { encode } from '../shared/address.ts';
import { adaptOptimizer, batchesOf, optimizerOf, unseeded } from '../shared/recipe-parts.ts';
import { scheduleOf } from '../shared/schedule.ts';
import type { Optimizer, Task } from '../shared/task.ts';
import { augmenter } from './augmentation.ts';
import { schema, type CnnConfig } from './config.ts';
import type { CifarFiles } from './cifar-files.ts';
import { cifarFrom, generatedShapes, type Images } from './images.ts';

export interface CnnTask extends Task {
  config: CnnConfig;
  readonly images: Images;
  /** Goes on as another configuration says (which ones it can, `canTakeOver` knows). */
  readonly adapt: (config: CnnConfig, optimizer: Optimizer) => void;
}

/** Stages are given whatever task is in hand; those of this lab know their own. */
export function isCnnTask(task: Task): task is CnnTask {
  return 'images' in task;
}

export interface TaskOptions {
  /** CIFAR-10 instead of generated shapes. */
  readonly files?: CifarFiles;
  /** Images that are there already, instead of both. */
  readonly images?: Images;
  /** Score the whole test set, as a figure to be reported must. */
  readonly wholeTest?: boolean;
}

/** Scored while training; all of a large set would take longer than the epoch it follows. */
const SCORED = 500;
/** Activations of more images at once would not fit the memory of small devices. */
const AT_ONCE = { shallow: 250, deep: 50 };
const SHALLOW: readonly CnnConfig['model'][] = ['lenet', 'mlp'];

export function makeTask(config: CnnConfig, options: TaskOptions = {}): CnnTask {
  const images = options.images ?? (options.files ? cifarFrom(options.files) : generatedShapes(config.seed));
  const { train, test, normalize, classNames } = images;
  manualSeed(config.seed);
  const [channels, size] = train.shape as [number, number];
  const build = (): nn.Module => buildModel(config, { channels, size, classes: classNames.length });
  const model = build();
  model.train();
  const seen = { train: train.with({ normalize }), test: test.with({ normalize }) };
  const atOnce = SHALLOW.includes(config.model) ? AT_ONCE.shallow : AT_ONCE.deep;
  const tested = (size: number) => ({ x: seen.test, y: test.labels, size, atOnce });
  const task: CnnTask = {
    model,
    config,
    images,
    copyModel: () => unseeded(build),
    makeOptimizer: () => optimizerOf(model.parameters(), task.config),
    tune: (optimizer) => adaptOptimizer(optimizer, task.config),
    notes: () => encode(schema, task.config),
    makeSchedule: (optimizer) => scheduleOf(optimizer as optim.Optimizer, task.config, task.stepsPerEpoch),
    ...(config.augment ? { augment: augmenter(config, normalize) } : {}),
    ...batchesOf(config.augment ? train : seen.train, config),
    trainSize: train.length,
    trainScored: { x: seen.train, y: train.labels, size: Math.min(train.length, SCORED), atOnce },
    testScored: tested(options.wholeTest ? test.length : Math.min(test.length, SCORED)),
    testWhole: options.wholeTest || test.length <= SCORED ? null : tested(test.length),
    adapt(next, optimizer) {
      if (next.batch !== task.config.batch) Object.assign(task, batchesOf(next.augment ? train : seen.train, next));
      task.config = next;
      adaptOptimizer(optimizer, next);
    },
  };
  return task;
}

interface ImageForm {
  readonly channels: number;
  readonly size: number;
  readonly classes: number;
}

/** Small enough to train in the tab without a GPU. */
const GOOGLENET_WIDTH = 1 / 8;
export const REACH: { readonly [K in CnnConfig['reach']]: number } = {
  all: Infinity,
  two: 2,
  one: 1,
  none: 0,
};

const MODEL: { readonly [K in CnnConfig['model']]: (form: ImageForm, config: CnnConfig) => nn.Module } = {
  lenet: (form) => new models.LeNet(form),
  'six-conv': (form, { width, dropout }) => new models.SixConv({ ...form, width, dropout }),
  'resnet-20': (form) => models.resnet20(form),
  'plain-20': (form) => models.resnet20({ ...form, skip: false }),
  alexnet: (form, { dropout }) => new models.AlexNet({ ...form, stem: 'cifar', dropout }),
  googlenet: (form, { branches, dropout }) =>
    new models.GoogLeNet({
      ...form,
      stem: 'cifar',
      width: GOOGLENET_WIDTH,
      dropout,
      branches: branches as models.InceptionBranch[],
    }),
  densenet: (form, { reach, dropout }) =>
    new models.DenseNet(
      { depths: [4, 4, 4], growth: 12, width: 16, bottleneck: false, compression: 0.5, stem: 'cifar' },
      { ...form, dropout, reach: REACH[reach] },
    ),
  mlp: ({ channels, size, classes }) =>
    new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(channels * size ** 2, 512),
      new nn.ReLU(),
      new nn.Linear(512, 256),
      new nn.ReLU(),
      new nn.Linear(256, classes),
    ),
};

export function buildModel(config: CnnConfig, form: ImageForm): nn.Module {
  return MODEL[config.model](form, config);
}
