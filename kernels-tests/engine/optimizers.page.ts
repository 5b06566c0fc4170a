/** What groups, stacked members and the state of optimisers must keep to; the test reads the names. */
import { compile, counters, F, init, nn, optim, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { labels, noise, seeded, weights, type Cases } from './cases.ts';

type Optimizers = readonly optim.Optimizer[];

function stepOf(model: nn.Layer, optimizers: Optimizers, compiled = false): (turn: number) => Tensor {
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = F.crossEntropy(model.forward(x), y);
    for (const optimizer of optimizers) optimizer.zeroGrad();
    loss.backward();
    for (const optimizer of optimizers) optimizer.step();
    return loss;
  };
  const called = compiled ? compile(step) : step;
  return (turn) => called(noise(turn, 8, 6), labels(turn, 8, 4));
}

const run = (step: (turn: number) => Tensor, from: number, to: number): void => {
  for (let turn = from; turn < to; turn++) step(turn);
};

type Make = (parameters: nn.Parameter[]) => optim.Optimizer;

/** Every optimiser with all the state that it can have. */
const kinds: Record<string, Make> = {
  SGD: (parameters) => new optim.SGD(parameters, { lr: 0.1 }),
  'SGD with momentum': (parameters) => new optim.SGD(parameters, { lr: 0.05, momentum: 0.9, dampening: 0.2 }),
  Adam: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
  'AdamW with amsgrad': (parameters) => new optim.AdamW(parameters, { lr: 0.01, amsgrad: true }),
  RMSprop: (parameters) => new optim.RMSprop(parameters, { lr: 0.01 }),
  'RMSprop with momentum, centered': (parameters) =>
    new optim.RMSprop(parameters, { lr: 0.001, momentum: 0.9, centered: true }),
  Adagrad: (parameters) => new optim.Adagrad(parameters, { lr: 0.05, lrDecay: 0.1, initialAccumulatorValue: 0.1 }),
};

/** A state dict as a file would hold it. */
async function stored(optimizer: optim.Optimizer): Promise<optim.OptimizerState> {
  const { state, paramGroups } = optimizer.stateDict();
  const entries = Object.entries(state).map(async ([index, moments]) => {
    const plain = Object.entries(moments).map(async ([key, value]) => {
      if (typeof value === 'number') return [key, value];
      return [key, { shape: value.shape, data: Array.from(await (value as Tensor).data()) }];
    });
    return [index, Object.fromEntries(await Promise.all(plain)) as object];
  });
  return JSON.parse(
    JSON.stringify({ state: Object.fromEntries(await Promise.all(entries)) as object, paramGroups }),
  ) as never;
}

const resuming = Object.fromEntries(
  Object.entries(kinds).map(([name, make]) => [
    `goes on from its state with the same bits: ${name}`,
    async () => {
      const { model } = seeded();
      const optimizer = make(model.parameters());
      const step = stepOf(model, [optimizer]);
      run(step, 0, 7);
      optimizer.lr = 0.02;
      const other = seeded().model;
      other.loadStateDict(model.stateDict());
      const resumed = make(other.parameters());
      resumed.loadStateDict(await stored(optimizer));
      run(step, 7, 15);
      run(stepOf(other, [resumed]), 7, 15);
      return { got: await weights(other), wanted: await weights(model) };
    },
  ]),
);

export const optimizers: Cases = {
  ...resuming,
  async 'two groups move as with two optimisers, also compiled, whatever their options become'() {
    const rates = [0.1, 0.02];
    const train = async (together: boolean, compiled: boolean): Promise<number[]> => {
      const { model } = seeded();
      const layers = [0, 2].map((index) => (model as never as Record<number, nn.Linear>)[index]!.parameters());
      const options = { lr: 0.1, momentum: 0.9 };
      const groups = layers.map((params, index) => ({ params, lr: rates[index]!, weightDecay: 0.1 * index }));
      const made = together
        ? [new optim.SGD(groups, options)]
        : groups.map(({ params, ...own }) => new optim.SGD(params, { ...options, ...own }));
      const step = stepOf(model, made, compiled);
      for (let turn = 0; turn < 20; turn++) {
        if (turn % 5 === 4)
          for (const { paramGroups } of made)
            for (const group of paramGroups) {
              group.lr = 0.7 * (group.lr as number);
              group.momentum = 0.9 - turn / 50;
            }
        step(turn);
      }
      return weights(model);
    };
    const wanted = await train(false, false);
    return { got: [await train(true, false), await train(true, true)], wanted: [wanted, wanted] };
  },
  async 'stacked members move as models of their own'() {
    const options = { lr: [0.1, 0.01, 0.05], momentum: [0, 0.9, 0.5], weightDecay: 0.1 };
    // 3 * 35 numbers: some vectors of four belong to two members.
    const stack = new nn.Parameter(noise(1, 3, 7, 5));
    const apart = [0, 1, 2].map((member) => new nn.Parameter(noise(1, 3, 7, 5).slice(0, member, member + 1)));
    const made = apart.map(
      (parameter, member) =>
        new optim.SGD([parameter], { lr: options.lr[member]!, momentum: options.momentum[member]!, weightDecay: 0.1 }),
    );
    const stacked = new optim.SGD([stack], options);
    for (let turn = 0; turn < 6; turn++) {
      if (turn === 3) {
        (stacked.paramGroups[0]!.lr as number[])[1] = 0.2;
        made[1]!.lr = 0.2;
      }
      stack.grad = noise(turn + 2, 3, 7, 5);
      stacked.step();
      made.forEach((optimizer, member) => {
        apart[member]!.grad = noise(turn + 2, 3, 7, 5).slice(0, member, member + 1);
        optimizer.step();
      });
    }
    const each = await Promise.all(apart.map((parameter) => parameter.data()));
    return { got: Array.from(await stack.data()), wanted: each.flatMap((numbers) => Array.from(numbers)) };
  },
  async 'the state has the form of PyTorch'() {
    const { model } = seeded();
    const [first, ...rest] = model.parameters();
    const optimizer = new optim.Adam([{ params: [first!], lr: 0.5 }, { params: rest }], { lr: 0.01 });
    run(stepOf(model, [optimizer]), 0, 2);
    const { state, paramGroups } = optimizer.stateDict();
    const forms = Object.values(state).map((moments) =>
      Object.entries(moments).map(([key, value]) => [key, typeof value === 'number' ? value : value.shape]),
    );
    const options = { weightDecay: 0, l1: 0, maximize: false, betas: [0.9, 0.999], eps: 1e-8, amsgrad: false };
    return {
      got: { forms, paramGroups },
      wanted: {
        forms: [[16, 6], [16], [4, 16], [4]].map((shape) => [
          ['exp_avg', shape],
          ['exp_avg_sq', shape],
          ['step', 2],
        ]),
        paramGroups: [
          { lr: 0.5, ...options, params: [0] },
          { lr: 0.01, ...options, params: [1, 2, 3] },
        ],
      },
    };
  },
  async 'a state without a parameter starts that parameter anew'() {
    const train = async (fresh: boolean): Promise<number[]> => {
      const p = new nn.Parameter(tensor([1, 2]));
      const optimizer = new optim.Adam([p], { lr: 0.1 });
      if (!fresh) {
        p.grad = tensor([3, -4]);
        optimizer.step();
        optimizer.loadStateDict({ ...optimizer.stateDict(), state: {} });
      }
      const before = Array.from(await p.data());
      p.grad = tensor([0.5, 0.25]);
      optimizer.step();
      return Array.from(await p.data(), (after, index) => Math.round(1e4 * (after - before[index]!)));
    };
    return { got: await train(false), wanted: await train(true) };
  },
};

export async function check(name: string): Promise<{ got: unknown; wanted: unknown }> {
  await init();
  return optimizers[name]!();
}

export interface Cost {
  /** Dispatches of a step with all parameters alike, and with groups. */
  dispatches: [number, number];
  /** Plans that were made while options changed. */
  plans: number;
}

export async function cost(compiled: boolean): Promise<Cost> {
  await init();
  const dispatchesOf = async (model: nn.Layer, optimizer: optim.Optimizer): Promise<[number, () => void]> => {
    const step = stepOf(model, [optimizer], compiled);
    run(step, 0, 3);
    await synchronize();
    const { dispatches } = counters();
    step(3);
    await synchronize();
    return [counters().dispatches - dispatches, () => run(step, 4, 5)];
  };
  const { model, optimizer } = seeded();
  const [plain] = await dispatchesOf(model, optimizer);
  const params = model.parameters();
  const grouped = new optim.Adam([{ params: params.slice(0, 2) }, { params: params.slice(2), lr: 0.1 }], { lr: 0.01 });
  const [apart, again] = await dispatchesOf(model, grouped);
  const { plans } = counters();
  for (const lr of [0.1, 0.02, 0]) {
    grouped.paramGroups[1]!.lr = lr;
    grouped.paramGroups[0]!.weightDecay = lr;
    grouped.paramGroups[0]!.betas = [0.5, 0.9];
    again();
  }
  await synchronize();
  return { dispatches: [plain, apart], plans: counters().plans - plans };
}
