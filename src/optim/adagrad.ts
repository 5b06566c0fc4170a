/**
 * Adagrad, as torch.optim.
 */
import { adagrad } from '../ops/update.ts';
import { Optimizer, type Rule } from './optimizer.ts';
import { COMMON, type CommonOptions, type Parameters, type PerMember } from './param-groups.ts';

export interface AdagradOptions extends CommonOptions {
  lrDecay?: PerMember;
  /** What the sums of squares start from. */
  initialAccumulatorValue?: number;
  eps?: PerMember;
}

const rule: Rule<AdagradOptions> = {
  name: 'Adagrad',
  defaults: { ...COMMON, lr: 0.01, lrDecay: 0, initialAccumulatorValue: 0, eps: 1e-10 },
  needs: () => ({ op: adagrad, moments: ['sum'] }),
  start: ({ initialAccumulatorValue }) => initialAccumulatorValue,
  row: ({ lr, weightDecay, lrDecay, eps }, pick, t) => [
    pick(weightDecay),
    pick(lr) / (1 + (t - 1) * pick(lrDecay)),
    pick(eps),
  ],
};

/** Duchi et al. 2011. */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(parameters: Parameters<AdagradOptions>, options: AdagradOptions = {}) {
    super(rule, parameters, options);
  }
}
