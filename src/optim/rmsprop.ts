/**
 * RMSprop, as torch.optim.
 */
import { rmsprop, rmspropMomentum } from '../ops/update.ts';
import { Optimizer, type Rule } from './optimizer.ts';
import { COMMON, type CommonOptions, type Parameters, type PerMember } from './param-groups.ts';

export interface RMSpropOptions extends CommonOptions {
  /** Decay of the mean square of the gradient. */
  alpha?: PerMember;
  eps?: PerMember;
  momentum?: PerMember;
  /** Divide by the standard deviation instead of the mean square. */
  centered?: boolean;
}

const rule: Rule<RMSpropOptions> = {
  name: 'RMSprop',
  defaults: { ...COMMON, lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, centered: false },
  needs: ({ momentum, centered }) =>
    centered || [momentum].flat().some(Boolean)
      ? { op: rmspropMomentum, moments: ['momentum_buffer', 'square_avg', 'grad_avg'] }
      : { op: rmsprop, moments: ['square_avg'] },
  row: ({ lr, weightDecay, alpha, eps, momentum, centered }, pick) => [
    ...[weightDecay, lr, alpha, eps, momentum].map(pick),
    Number(centered),
  ],
};

/** Hinton 2012, lecture 6e; centered: Graves 2013, arXiv:1308.0850. */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(parameters: Parameters<RMSpropOptions>, options: RMSpropOptions = {}) {
    super(rule, parameters, options);
  }
}
