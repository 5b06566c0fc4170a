/**
 * Adam and AdamW, as torch.optim.
 */
import { hostTensor, type Tensor } from '../graph/index.ts';
import type { Parameter } from '../nn/index.ts';
import { adamUpdate } from '../ops/update.ts';
import { Optimizer, requireAtLeast, requireBetween } from './optimizer.ts';

export interface AdamOptions {
  lr?: number;
  /** Decay of the mean and of the mean square of the gradient. */
  betas?: readonly [number, number];
  eps?: number;
  /** Adam: L2 penalty, added to the gradient. AdamW: decay of the weights themselves. */
  weightDecay?: number;
}

/** Kingma & Ba 2015, arXiv:1412.6980. */
export class Adam extends Optimizer {
  weightDecay: number;
  private readonly betas: readonly [number, number];
  private readonly eps: number;
  private readonly mean: Tensor;
  private readonly square: Tensor;
  private readonly decoupled: boolean;
  private steps = 0;

  constructor(parameters: Iterable<Parameter>, options: AdamOptions = {}, decoupled = false) {
    const name = decoupled ? 'AdamW' : 'Adam';
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = decoupled ? 0.01 : 0 } = options;
    betas.forEach((beta, index) => requireBetween(name, `betas[${index}]`, beta));
    requireAtLeast(name, 'eps', eps, 0);
    requireAtLeast(name, 'weightDecay', weightDecay, 0);
    super(name, parameters, lr);
    this.betas = betas;
    this.eps = eps;
    this.weightDecay = weightDecay;
    this.decoupled = decoupled;
    this.mean = this.slab.zeros(`${name}: mean`);
    this.square = this.slab.zeros(`${name}: mean square`);
  }

  protected override update(): void {
    const grad = this.slab.gradients(this.name);
    const hyper = (): Float32Array => this.scalars(++this.steps);
    adamUpdate(this.slab.tensor, grad, hostTensor(hyper(), [8], 'float32', hyper), this.mean, this.square);
  }

  /** What shaders/adam.wgsl lists, with the bias corrections of step t. */
  private scalars(t: number): Float32Array {
    const [beta1, beta2] = this.betas;
    const rate = this.lr / (1 - beta1 ** t);
    const root = 1 / Math.sqrt(1 - beta2 ** t);
    const coupled = this.decoupled ? 0 : this.weightDecay;
    const decay = this.decoupled ? this.lr * this.weightDecay : 0;
    return Float32Array.of(rate, beta1, beta2, root, this.eps, coupled, decay, 0);
  }
}

/** Loshchilov & Hutter 2019, arXiv:1711.05101. */
export class AdamW extends Adam {
  constructor(parameters: Iterable<Parameter>, options: AdamOptions = {}) {
    super(parameters, options, true);
  }
}
