/**
 * Schedules that multiply the rate, at some steps or by a function of the step.
 */
import type { Optimizer } from '../optimizer.ts';
import { requireAtLeast } from '../param-groups.ts';
import { LRScheduler } from './scheduler.ts';

/** lr * gamma every `stepSize` steps. */
export class StepLR extends LRScheduler {
  private readonly stepSize: number;
  private readonly gamma: number;

  constructor(optimizer: Optimizer, stepSize: number, { gamma = 0.1 }: { gamma?: number } = {}) {
    requireAtLeast('StepLR', 'stepSize', stepSize, 1);
    super(optimizer);
    this.stepSize = stepSize;
    this.gamma = gamma;
  }

  protected override rate(lr: number): number {
    return this.lastEpoch % this.stepSize === 0 ? lr * this.gamma : lr;
  }
}

/** lr * gamma at each milestone. */
export class MultiStepLR extends LRScheduler {
  private readonly milestones: readonly number[];
  private readonly gamma: number;

  constructor(optimizer: Optimizer, milestones: readonly number[], { gamma = 0.1 }: { gamma?: number } = {}) {
    super(optimizer);
    this.milestones = [...milestones];
    this.gamma = gamma;
  }

  protected override rate(lr: number): number {
    return lr * this.gamma ** this.milestones.filter((milestone) => milestone === this.lastEpoch).length;
  }
}

/** lr * gamma every step. */
export class ExponentialLR extends LRScheduler {
  private readonly gamma: number;

  constructor(optimizer: Optimizer, gamma: number) {
    super(optimizer);
    this.gamma = gamma;
  }

  protected override rate(lr: number): number {
    return lr * this.gamma;
  }
}

/** The initial rate times a factor of the step's number; a list has one for each group. */
export class LambdaLR extends LRScheduler {
  private readonly lambdas: readonly ((step: number) => number)[];

  constructor(optimizer: Optimizer, lambda: ((step: number) => number) | readonly ((step: number) => number)[]) {
    super(optimizer);
    const groups = optimizer.paramGroups.length;
    this.lambdas = typeof lambda === 'function' ? Array<typeof lambda>(groups).fill(lambda) : lambda;
    if (this.lambdas.length !== groups)
      throw new Error(`LambdaLR: got ${this.lambdas.length} functions for ${groups} groups. Give one for each.`);
    this.apply();
  }

  protected override first(_: number, base: number, group: number): number {
    return this.rate(_, base, group);
  }

  protected override rate(_: number, base: number, group: number): number {
    return base * this.lambdas[group]!(this.lastEpoch);
  }
}

/** A factor that goes from `startFactor` to `endFactor` in equal steps: a warm-up by default. */
export class LinearLR extends LRScheduler {
  private readonly start: number;
  private readonly end: number;
  private readonly total: number;

  constructor(optimizer: Optimizer, options: { startFactor?: number; endFactor?: number; totalIters?: number } = {}) {
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    if (!(startFactor > 0)) throw new Error(`LinearLR: startFactor must be above 0, got ${startFactor}.`);
    requireAtLeast('LinearLR', 'endFactor', endFactor);
    requireAtLeast('LinearLR', 'totalIters', totalIters, 1);
    super(optimizer);
    [this.start, this.end, this.total] = [startFactor, endFactor, totalIters];
    this.apply();
  }

  protected override first(lr: number): number {
    return lr * this.start;
  }

  protected override rate(lr: number): number {
    const { start, end, total, lastEpoch } = this;
    if (lastEpoch > total) return lr;
    return lr * (1 + (end - start) / (total * start + (lastEpoch - 1) * (end - start)));
  }
}

/** A factor for the first `totalIters` steps. */
export class ConstantLR extends LRScheduler {
  private readonly factor: number;
  private readonly total: number;

  constructor(optimizer: Optimizer, { factor = 1 / 3, totalIters = 5 }: { factor?: number; totalIters?: number } = {}) {
    if (!(factor > 0 && factor <= 1))
      throw new Error(`ConstantLR: factor must be above 0 and at most 1, got ${factor}.`);
    super(optimizer);
    this.factor = factor;
    this.total = totalIters;
    this.apply();
  }

  protected override first(lr: number): number {
    return lr * this.factor;
  }

  protected override rate(lr: number): number {
    return this.lastEpoch === this.total ? lr / this.factor : lr;
  }
}
