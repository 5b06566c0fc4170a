/**
 * What all optimisers share: their parameters, the learning rate, and the end of a step.
 */
import { flush, noGrad } from '../graph/index.ts';
import { Parameter } from '../nn/index.ts';
import { Slab } from './slab.ts';

export abstract class Optimizer {
  /** Learning rate; may be changed at any time, and plans nothing anew. */
  lr: number;
  readonly parameters: readonly Parameter[];
  protected readonly slab: Slab;
  protected readonly name: string;

  /** @throws Error where there are no parameters, one is no Parameter, or the learning rate is negative or no number. */
  constructor(name: string, parameters: Iterable<Parameter>, lr: number) {
    this.name = name;
    this.parameters = [...new Set(parameters)];
    if (this.parameters.length === 0)
      throw new Error(`${name}: got no parameters. Pass model.parameters() of a model that has some.`);
    const odd = this.parameters.findIndex((parameter) => !(parameter instanceof Parameter));
    if (odd >= 0)
      throw new Error(`${name}: number ${odd} of the parameters is no nn.Parameter. Pass model.parameters().`);
    requireAtLeast(name, 'lr', lr, 0);
    this.lr = lr;
    this.slab = new Slab(name, this.parameters);
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /**
   * Moves every parameter by one step, and submits all that has been traced.
   *
   * @throws Error where a parameter has no gradient; then nothing has moved.
   */
  step(): void {
    noGrad(() => this.update());
    flush();
  }

  protected abstract update(): void;
}

export function requireAtLeast(name: string, what: string, value: number, least: number): void {
  if (!(value >= least)) throw new Error(`${name}: ${what} must be at least ${least}, got ${value}.`);
}

export function requireBetween(name: string, what: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new Error(`${name}: ${what} must be at least 0 and below 1, got ${value}.`);
}
