/**
 * The learning-rate schedules of the labs.
 */
import { optim } from '../../src/index.ts';
import type { Schedule } from './task.ts';

interface Scheduled {
  readonly schedule: 'constant' | 'one-cycle' | 'cosine';
  readonly optimizer: string;
  readonly lr: number;
  readonly epochs: number;
}

/** Ends with the epochs that were asked for; who trains on does so at the last rate. Null for a constant rate. */
export function scheduleOf(
  optimizer: optim.Optimizer,
  { schedule: name, lr, epochs, optimizer: rule }: Scheduled,
  stepsPerEpoch: number,
): Schedule | null {
  if (name === 'constant') return null;
  const totalSteps = epochs * stepsPerEpoch;
  const cycleMomentum = !['sgd', 'rmsprop', 'adagrad'].includes(rule);
  const schedule =
    name === 'cosine'
      ? new optim.lrScheduler.CosineAnnealingLR(optimizer, totalSteps)
      : new optim.lrScheduler.OneCycleLR(optimizer, lr, { totalSteps, cycleMomentum });
  return {
    step() {
      if (schedule.lastEpoch < totalSteps - 1) schedule.step();
    },
    stateDict: () => schedule.stateDict(),
    loadStateDict: (state) => schedule.loadStateDict(state),
  };
}
