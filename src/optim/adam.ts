/**
 * Adam and AdamW, as torch.optim.
 */
import { adam, adamAmsgrad } from '../ops/update.ts';
import { Optimizer, type Rule } from './optimizer.ts';
import { COMMON, type CommonOptions, type Parameters, type PerMember } from './param-groups.ts';

export interface AdamOptions extends CommonOptions {
  /** Decay of the mean and of the mean square of the gradient. */
  betas?: [PerMember, PerMember];
  eps?: PerMember;
  /** Adam: L2 penalty, added to the gradient. AdamW: decay of the weights themselves. */
  weightDecay?: PerMember;
  /** Divide by the greatest mean square so far. */
  amsgrad?: boolean;
}

function ruleOf(name: string, decoupled: boolean): Rule<AdamOptions> {
  const MOMENTS = ['exp_avg', 'exp_avg_sq'];
  return {
    name,
    defaults: { ...COMMON, betas: [0.9, 0.999], eps: 1e-8, weightDecay: decoupled ? 0.01 : 0, amsgrad: false },
    needs: ({ amsgrad }) =>
      amsgrad ? { op: adamAmsgrad, moments: [...MOMENTS, 'max_exp_avg_sq'] } : { op: adam, moments: MOMENTS },
    row({ lr, weightDecay, betas, eps, amsgrad }, pick, t) {
      const [beta1, beta2] = [pick(betas[0]), pick(betas[1])];
      const rate = pick(lr);
      const decay = pick(weightDecay);
      const [coupled, shrink] = decoupled ? [0, rate * decay] : [decay, 0];
      const root = 1 / Math.sqrt(1 - beta2 ** t);
      return [coupled, rate / (1 - beta1 ** t), beta1, beta2, root, pick(eps), shrink, Number(amsgrad)];
    },
  };
}

/** Kingma & Ba 2015, arXiv:1412.6980; amsgrad: Reddi et al. 2018. */
export class Adam extends Optimizer<AdamOptions> {
  constructor(parameters: Parameters<AdamOptions>, options: AdamOptions = {}) {
    super(ruleOf('Adam', false), parameters, options);
  }
}

/** Loshchilov & Hutter 2019, arXiv:1711.05101. */
export class AdamW extends Optimizer<AdamOptions> {
  constructor(parameters: Parameters<AdamOptions>, options: AdamOptions = {}) {
    super(ruleOf('AdamW', true), parameters, options);
  }
}
