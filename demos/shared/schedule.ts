/**
 * The learning-rate schedules of the labs.
 */
import { optim } from '../../src/index.ts';
import type { Schedule } from './task.ts';

interface Scheduled {
  readonly schedule: 'constant' | 'one-cycle' | 'cosine' | 'linear';
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
  const make: { readonly [K in typeof name]: () => optim.lrScheduler.LRScheduler } = {
    cosine: () => new optim.lrScheduler.CosineAnnealingLR(optimizer, totalSteps),
    'one-cycle': () => new optim.lrScheduler.OneCycleLR(optimizer, lr, { totalSteps, cycleMomentum }),
    linear: () => new optim.lrScheduler.LambdaLR(optimizer, (step) => warmUp(step, totalSteps)),
  };
  const schedule = make[name]();
  return {
    step() {
      if (schedule.lastEpoch < totalSteps - 1) schedule.step();
    },
    stateDict: () => schedule.stateDict(),
    loadStateDict: (state) => schedule.loadStateDict(state),
  };
}

/** The share of the highest rate: up for a tenth of all steps, then down to 0. Devlin et al. 2019, A.2. */
function warmUp(step: number, steps: number): number {
  const warm = Math.max(1, Math.round(steps / 10));
  return step < warm ? step / warm : Math.max(0, (steps - step) / (steps - warm));
}
