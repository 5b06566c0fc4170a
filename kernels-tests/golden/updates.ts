/** The optimisers' updates, three steps on given gradients: what they compute, without a model. */
import { nn, optim, type Tensor } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { golden, normal, type Case, type Row } from './row.ts';
import {
  adagrad,
  adam,
  rmsprop,
  sgd,
  type AdaGrad,
  type Adam,
  type RmsProp,
  type Rule,
  type Sgd,
} from './update-rules.ts';

const STEPS = 3;

/** Options of two parameters: of one group, or of one each; or of the two members of both. */
interface Pair<O> {
  first: O;
  /** Of the second parameter, where it has a group of its own. */
  second?: O;
  /** For each option that differs, what the second member has. */
  members?: Partial<Record<keyof O, number>>;
}

type Make<O> = new (parameters: never, options: O) => optim.Optimizer;

/** Inputs are a parameter [2, n], gradients [3, 2, n], and a second parameter that gets the same gradients. */
function train<O extends object>(kind: Make<O>, { first, second, members }: Pair<O>) {
  return (p: Tensor, grads: Tensor, other: Tensor): Tensor => {
    const parameters = [p, other].map((start) => new nn.Parameter(start.clone()));
    const lists = Object.entries(members ?? {}).map(([key, value]) => [key, [first[key as keyof O], value]]);
    const groups = [{ params: [parameters[0]] }, { params: [parameters[1]], ...second }];
    const options = { ...first, ...(Object.fromEntries(lists) as Partial<O>) };
    const optimizer = new kind((second ? groups : parameters) as never, options);
    for (let step = 0; step < STEPS; step++) {
      for (const parameter of parameters) parameter.grad = grads.slice(0, step, step + 1).reshape([...p.shape]);
      optimizer.step();
    }
    return parameters[0]!.mul(2).add(parameters[1]!);
  };
}

function moved<O extends object>(rule: (options: O) => Rule, { first, second, members }: Pair<O>) {
  return (p: Nd, grads: Nd, other: Nd): Nd => {
    const after = (x: Nd, options: O, member: number, i: number): number =>
      rule(member ? { ...options, ...members } : options)(
        x.at(member, i),
        Array.from({ length: STEPS }, (_, step) => grads.at(step, member, i)),
      );
    return Nd.of(p.shape, ([member = 0, i = 0]) => {
      return 2 * after(p, first, member, i) + after(other, second ? { ...first, ...second } : first, member, i);
    });
  };
}

function updates<O extends object>(
  op: string,
  kind: Make<O>,
  rule: (options: O) => Rule,
  ...list: readonly (O | Pair<O>)[]
): Case[] {
  return golden<Pair<O>>({
    op,
    run: (pair) => train(kind, pair),
    reference: (pair) => moved(rule, pair),
    tolerance: 1e-5,
    why: 'a step of at most 0.1, off by 2e-5 where 1 - 0.999 is rounded to float32',
    grad: false,
    rows: list.flatMap((given): Row<Pair<O>>[] => {
      const attrs = 'first' in given ? given : { first: given };
      return [1, 5, 67].map((n) => ({ inputs: [normal(2, n), normal(STEPS, 2, n), normal(2, n)], attrs }));
    }),
  });
}

const sgdCases = updates<Sgd>(
  'SGD',
  optim.SGD,
  sgd,
  { lr: 0.1 },
  { lr: 0.1, weightDecay: 0.3, l1: 0.2 },
  { lr: 0.1, momentum: 0.9 },
  { lr: 0.1, momentum: 0.8, dampening: 0.4, weightDecay: 0.1, maximize: true },
  { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  { first: { lr: 0.1 }, second: { lr: 0.3, weightDecay: 0.1, maximize: true } },
  { first: { lr: 0.1, momentum: 0.9, nesterov: true }, second: { lr: 0.2, nesterov: false, dampening: 0.5 } },
  { first: { lr: 0.1, momentum: 0 }, members: { lr: 0.01, momentum: 0.9 } },
  { first: { lr: 0.1, l1: 0 }, second: { lr: 0.3 }, members: { l1: 0.1 } },
);

const adamCases = updates<Adam>(
  'Adam',
  optim.Adam,
  (options) => adam(options, false),
  { lr: 0.1 },
  { lr: 0.1, betas: [0.7, 0.95], eps: 1e-3, weightDecay: 0.2, l1: 0.1 },
  { lr: 0.1, betas: [0.5, 0.6], amsgrad: true, maximize: true },
  { first: { lr: 0.1, betas: [0.5, 0.6] }, second: { lr: 0.2, amsgrad: true } },
  { first: { lr: 0.1, weightDecay: 0 }, members: { lr: 0.02, weightDecay: 0.5 } },
);

const adamWCases = updates<Adam & { weightDecay: number }>(
  'AdamW',
  optim.AdamW,
  (options) => adam(options, true),
  { lr: 0.1, weightDecay: 0.2 },
  { first: { lr: 0.1, weightDecay: 0.2 }, members: { lr: 0.02, weightDecay: 0.5 } },
);

const rmspropCases = updates<RmsProp>(
  'RMSprop',
  optim.RMSprop,
  rmsprop,
  { lr: 0.1 },
  { lr: 0.1, alpha: 0.6, eps: 1e-3, weightDecay: 0.2, l1: 0.1 },
  { lr: 0.01, alpha: 0.6, eps: 0.1, momentum: 0.8, centered: true },
  { first: { lr: 0.1, eps: 0.1 }, second: { lr: 0.2, momentum: 0.7 } },
  { first: { lr: 0.1, momentum: 0 }, members: { lr: 0.02, momentum: 0.5 } },
);

const adagradCases = updates<AdaGrad>(
  'Adagrad',
  optim.Adagrad,
  adagrad,
  { lr: 0.1 },
  { lr: 0.1, lrDecay: 0.3, initialAccumulatorValue: 0.5, eps: 1e-3, weightDecay: 0.2 },
  { first: { lr: 0.1 }, second: { lr: 0.2, initialAccumulatorValue: 2 } },
  { first: { lr: 0.1 }, members: { lr: 0.02 } },
);

export const updateCases: Case[] = [...sgdCases, ...adamCases, ...adamWCases, ...rmspropCases, ...adagradCases];
