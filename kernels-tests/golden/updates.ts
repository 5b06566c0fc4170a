/** The optimisers' updates, three steps on given gradients: what they compute, without a model. */
import { nn, optim, type Tensor } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { golden, normal, type Case, type Row } from './row.ts';

const STEPS = 3;

type Rule = (p: number, grads: readonly number[]) => number;
type Make = (parameters: nn.Parameter[]) => optim.Optimizer;

/** Inputs are a parameter [n], gradients [3, n], and a second parameter that gets the same gradients. */
function train(make: Make): (p: Tensor, grads: Tensor, other: Tensor) => Tensor {
  return (p, grads, other) => {
    const parameters = [p, other].map((start) => new nn.Parameter(start.clone()));
    const optimizer = make(parameters);
    for (let step = 0; step < STEPS; step++) {
      for (const parameter of parameters) parameter.grad = grads.slice(0, step, step + 1).reshape([...p.shape]);
      optimizer.step();
    }
    const [first, second] = parameters;
    if (!first || !second) throw new Error('updates: two parameters went in');
    return first.mul(2).add(second);
  };
}

function moved(rule: Rule): (p: Nd, grads: Nd, other: Nd) => Nd {
  return (p, grads, other) => {
    const at = (x: Nd, i: number): number =>
      rule(
        x.at(i),
        Array.from({ length: STEPS }, (_, step) => grads.at(step, i)),
      );
    return Nd.of(p.shape, ([i = 0]) => 2 * at(p, i) + at(other, i));
  };
}

function rows<A>(...list: readonly A[]): Row<A>[] {
  return list.flatMap((attrs) => [1, 5, 67].map((n) => ({ inputs: [normal(n), normal(STEPS, n), normal(n)], attrs })));
}

const sgdCases = golden<optim.SGDOptions>({
  op: 'SGD',
  run: (options) => train((parameters) => new optim.SGD(parameters, options)),
  reference: ({ lr = 1e-3, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false }) =>
    moved((start, grads) => {
      let p = start;
      let velocity = 0;
      grads.forEach((grad, step) => {
        const g = grad + weightDecay * p;
        velocity = step === 0 ? g : momentum * velocity + (1 - dampening) * g;
        p -= lr * (momentum === 0 ? g : nesterov ? g + momentum * velocity : velocity);
      });
      return p;
    }),
  tolerance: 2e-6,
  why: 'a few roundings a step',
  grad: false,
  rows: rows<optim.SGDOptions>(
    { lr: 0.1 },
    { lr: 0.1, weightDecay: 0.3 },
    { lr: 0.1, momentum: 0.9 },
    { lr: 0.1, momentum: 0.8, dampening: 0.4, weightDecay: 0.1 },
    { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  ),
});

function adam(
  { lr = 1e-3, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0 }: optim.AdamOptions,
  decoupled: boolean,
): Rule {
  return (start, grads) => {
    let p = start;
    let mean = 0;
    let square = 0;
    grads.forEach((grad, step) => {
      const g = grad + (decoupled ? 0 : weightDecay * p);
      mean = beta1 * mean + (1 - beta1) * g;
      square = beta2 * square + (1 - beta2) * g * g;
      if (decoupled) p -= lr * weightDecay * p;
      const unbiased = Math.sqrt(square / (1 - beta2 ** (step + 1))) + eps;
      p -= (lr * (mean / (1 - beta1 ** (step + 1)))) / unbiased;
    });
    return p;
  };
}

const ADAM_WHY = 'a square root and a division a step, of moments kept in float32';

const adamCases = golden<optim.AdamOptions>({
  op: 'Adam',
  run: (options) => train((parameters) => new optim.Adam(parameters, options)),
  reference: (options) => moved(adam(options, false)),
  tolerance: 5e-6,
  why: ADAM_WHY,
  grad: false,
  rows: rows<optim.AdamOptions>({ lr: 0.1 }, { lr: 0.1, betas: [0.7, 0.95], eps: 1e-3, weightDecay: 0.2 }),
});

const adamWCases = golden<optim.AdamOptions & { weightDecay: number }>({
  op: 'AdamW',
  run: (options) => train((parameters) => new optim.AdamW(parameters, options)),
  reference: (options) => moved(adam(options, true)),
  tolerance: 5e-6,
  why: ADAM_WHY,
  grad: false,
  rows: rows({ lr: 0.1, weightDecay: 0.2 }),
});

export const updateCases: Case[] = [...sgdCases, ...adamCases, ...adamWCases];
