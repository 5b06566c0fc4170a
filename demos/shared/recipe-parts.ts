/** What the recipes of the labs have in common. Knows no lab. */
import { data, getGeneratorState, optim, setGeneratorState, type nn, type Tensor } from '../../src/index.ts';
import type { Optimizer, Task } from './task.ts';
import type { OPTIMIZERS, TrainingSettings } from './training-settings.ts';

/** What takes random numbers without taking them from the run. */
export function unseeded<T>(make: () => T): T {
  const state = getGeneratorState();
  try {
    return make();
  } finally {
    setGeneratorState(state);
  }
}

export function batchesOf(
  train: data.Dataset<readonly [Tensor, Tensor]>,
  { batch, seed }: { readonly batch: number; readonly seed: number },
): Pick<Task, 'batches' | 'batchSize' | 'stepsPerEpoch'> {
  const batchSize = Math.min(batch, train.length);
  const batches = new data.DataLoader(train, { batchSize, shuffle: true, seed });
  return { batches, batchSize, stepsPerEpoch: batches.length };
}

type Rule = (typeof OPTIMIZERS)[number];
type Rates = Pick<TrainingSettings<Rule>, 'lr' | 'schedule' | 'momentum' | 'weightDecay'>;
type Groups = { params: nn.Parameter[]; weightDecay?: number }[];
type MakeOptimizer = (parameters: nn.Parameter[] | Groups, rates: Rates) => Optimizer;

const OPTIMIZER: { readonly [K in Rule]: MakeOptimizer } = {
  sgd: (parameters, { lr, weightDecay }) => new optim.SGD(parameters, { lr, weightDecay }),
  momentum: (parameters, { lr, momentum, weightDecay }) => new optim.SGD(parameters, { lr, momentum, weightDecay }),
  adam: (parameters, { lr, weightDecay }) => new optim.Adam(parameters, { lr, weightDecay }),
  adamw: (parameters, { lr, weightDecay }) => new optim.AdamW(parameters, { lr, weightDecay }),
};

/** @param matricesAlone lets weights decay, but no bias and no scale of a normalisation: a second group without decay */
export function optimizerOf(
  parameters: nn.Parameter[],
  settings: Rates & { readonly optimizer: Rule },
  matricesAlone = false,
): Optimizer {
  const make = OPTIMIZER[settings.optimizer];
  if (!matricesAlone) return make(parameters, settings);
  const isMatrix = ({ ndim }: nn.Parameter): boolean => ndim > 1;
  const others = parameters.filter((parameter) => !isMatrix(parameter));
  return make([{ params: parameters.filter(isMatrix) }, { params: others, weightDecay: 0 }], settings);
}

/** Options may be changed at any time, those that the optimiser has; only the first group decays. */
export function adaptOptimizer(optimizer: Optimizer, { lr, schedule, momentum, weightDecay }: Rates): void {
  if (!(optimizer instanceof optim.Optimizer)) return;
  for (const [index, group] of optimizer.paramGroups.entries()) {
    if (index === 0) Object.assign(group, { weightDecay });
    if (schedule === 'constant') Object.assign(group, { lr });
    // Plain SGD has no velocity and is to stay plain; one cycle moves the momentum itself.
    const settable = schedule !== 'one-cycle' && 'momentum' in group && group.momentum !== 0;
    if (optimizer instanceof optim.SGD && settable) Object.assign(group, { momentum });
  }
}
