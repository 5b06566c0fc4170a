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
type MakeOptimizer = (parameters: nn.Parameter[], rates: Rates) => Optimizer;

const OPTIMIZER: { readonly [K in Rule]: MakeOptimizer } = {
  sgd: (parameters, { lr, weightDecay }) => new optim.SGD(parameters, { lr, weightDecay }),
  momentum: (parameters, { lr, momentum, weightDecay }) => new optim.SGD(parameters, { lr, momentum, weightDecay }),
  adam: (parameters, { lr, weightDecay }) => new optim.Adam(parameters, { lr, weightDecay }),
  adamw: (parameters, { lr, weightDecay }) => new optim.AdamW(parameters, { lr, weightDecay }),
};

export function optimizerOf(parameters: nn.Parameter[], settings: Rates & { readonly optimizer: Rule }): Optimizer {
  return OPTIMIZER[settings.optimizer](parameters, settings);
}

/** Options of every group may be changed at any time, those that the optimiser has. */
export function adaptOptimizer(optimizer: Optimizer, { lr, schedule, momentum, weightDecay }: Rates): void {
  if (!(optimizer instanceof optim.Optimizer)) return;
  for (const group of optimizer.paramGroups) {
    Object.assign(group, { weightDecay });
    if (schedule === 'constant') Object.assign(group, { lr });
    // Plain SGD has no velocity and is to stay plain; one cycle moves the momentum itself.
    const settable = schedule !== 'one-cycle' && 'momentum' in group && group.momentum !== 0;
    if (optimizer instanceof optim.SGD && settable) Object.assign(group, { momentum });
  }
}
