/**
 * Stochastic gradient descent, as torch.optim.SGD.
 */
import { hostTensor, type Tensor } from '../graph/index.ts';
import type { Parameter } from '../nn/index.ts';
import { sgdUpdate } from '../ops/update.ts';
import { Optimizer, requireAtLeast } from './optimizer.ts';

export interface SGDOptions {
  lr?: number;
  momentum?: number;
  /** Share of the gradient that does not enter the velocity. */
  dampening?: number;
  /** L2 penalty, added to the gradient. */
  weightDecay?: number;
  /** Needs momentum, and no dampening. */
  nesterov?: boolean;
}

/** Sutskever et al. 2013. The first step's velocity is its gradient. */
export class SGD extends Optimizer {
  momentum: number;
  weightDecay: number;
  private readonly dampening: number;
  private readonly nesterov: boolean;
  private readonly velocity: Tensor | null;
  private steps = 0;

  constructor(parameters: Iterable<Parameter>, options: SGDOptions = {}) {
    const { lr = 1e-3, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
    requireAtLeast('SGD', 'momentum', momentum, 0);
    requireAtLeast('SGD', 'weightDecay', weightDecay, 0);
    if (nesterov && (momentum === 0 || dampening !== 0))
      throw new Error(`SGD: nesterov needs momentum above 0 and dampening 0, got ${momentum} and ${dampening}.`);
    super('SGD', parameters, lr);
    this.momentum = momentum;
    this.dampening = dampening;
    this.weightDecay = weightDecay;
    this.nesterov = nesterov;
    this.velocity = momentum === 0 ? null : this.slab.zeros('SGD: velocity');
  }

  protected override update(): void {
    const grad = this.slab.gradients('SGD');
    const hyper = (): Float32Array => {
      const first = this.steps++ === 0 ? 1 : 0;
      return Float32Array.of(this.lr, this.momentum, this.dampening, this.weightDecay, this.nesterov ? 1 : 0, first);
    };
    sgdUpdate(this.slab.tensor, grad, hostTensor(hyper(), [6], 'float32', hyper), this.velocity);
  }
}
