/**
 * Stochastic gradient descent, as torch.optim.SGD.
 */
import { sgd, sgdMomentum } from '../ops/update.ts';
import { Optimizer, type Rule } from './optimizer.ts';
import { COMMON, type CommonOptions, type ParamGroup, type Parameters, type PerMember } from './param-groups.ts';

export interface SGDOptions extends CommonOptions {
  momentum?: PerMember;
  /** Share of the gradient that does not enter the velocity. */
  dampening?: PerMember;
  /** Needs momentum, and no dampening. */
  nesterov?: boolean;
}

const rule: Rule<SGDOptions> = {
  name: 'SGD',
  defaults: { ...COMMON, momentum: 0, dampening: 0, nesterov: false },
  needs: ({ momentum }) =>
    [momentum].flat().some(Boolean) ? { op: sgdMomentum, moments: ['momentum_buffer'] } : { op: sgd, moments: [] },
  row({ lr, weightDecay, momentum, dampening, nesterov }, pick, t) {
    const share = pick(momentum);
    // While there is no momentum the velocity is the gradient.
    const first = t === 1 || share === 0;
    return [pick(weightDecay), pick(lr), share, pick(dampening), Number(nesterov), Number(first)];
  },
};

/** Sutskever et al. 2013. The first step's velocity is its gradient. */
export class SGD extends Optimizer<SGDOptions> {
  constructor(parameters: Parameters<SGDOptions>, options: SGDOptions = {}) {
    super(rule, parameters, options);
    this.paramGroups.forEach(({ momentum, dampening, nesterov }: ParamGroup<SGDOptions>) => {
      if (nesterov && (![momentum].flat().every(Boolean) || [dampening].flat().some(Boolean)))
        throw new Error(
          `SGD: nesterov needs momentum above 0 and dampening 0, got ${momentum.toString()} and ${dampening.toString()}.`,
        );
    });
  }
}
