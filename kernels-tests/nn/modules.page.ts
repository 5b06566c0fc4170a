/** Freezing, clipping, hooks, buffers, containers, initialisation; the test reads the names. */
import {
  compile,
  counters,
  F,
  init,
  manualSeed,
  nn,
  ones,
  optim,
  synchronize,
  tensor,
  type Tensor,
} from '../../src/index.ts';
import { labels, noise, parameter, seeded, trainStep, values, weights, type Cases } from '../engine/cases.ts';

const all = (...parameters: Tensor[]): Promise<number[][]> => Promise.all(parameters.map(values));

export const modules: Cases = {
  async 'a frozen parameter stays, the others train, and it trains again when it is thawed'() {
    const [p, q] = [parameter(1, 2), parameter(3, 4)];
    const optimizer = new optim.Adam([p, q], { lr: 0.5, weightDecay: 0.1 });
    const step = (): void => {
      optimizer.zeroGrad();
      p.mul(q).sum().backward();
      optimizer.step();
    };
    q.requiresGrad = false;
    step();
    const frozen = await all(p, q);
    const noGradient = q.grad === null;
    q.requiresGrad_();
    step();
    const thawed = await all(p, q);
    const steps = Object.values(optimizer.stateDict().state).map((entry) => entry.step);
    return {
      got: [frozen[1], noGradient, frozen[0]![0]! < 1, thawed[1]!.map((x) => Math.round(x * 100) / 100), steps],
      wanted: [[3, 4], true, true, [2.5, 3.5], [2, 1]],
    };
  },
  async 'a model of which all is frozen takes a step that does nothing'() {
    const { model, optimizer } = seeded();
    model.requiresGrad_(false);
    const before = await weights(model);
    optimizer.step();
    return { got: await weights(model), wanted: before };
  },
  async 'clipped gradients can be read before and after the step'() {
    const [p, q] = [parameter(1, 2), parameter(3)];
    const optimizer = new optim.SGD([p, q], { lr: 1 });
    const clipped = async (early: boolean): Promise<unknown> => {
      optimizer.zeroGrad();
      p.mul(tensor([3, 0]))
        .sum()
        .add(q.mul(4).sum())
        .backward();
      const norm = optim.clipGradNorm([p, q], 1);
      const before = early ? await all(p.grad!, q.grad!) : null;
      optimizer.step();
      const rounded = (await all(p.grad!, q.grad!)).map((list) => list.map((x) => Math.round(x * 1e4) / 1e4));
      const same = before === null || JSON.stringify(before) === JSON.stringify(await all(p.grad!, q.grad!));
      return [await norm.item(), rounded, same];
    };
    const wanted = [5, [[0.6, 0], [0.8]], true];
    return { got: [await clipped(true), await clipped(false)], wanted: [wanted, wanted] };
  },
  async 'the norm of parameters of several optimisers, of some of one, and of none'() {
    const [p, q, r] = [parameter(1), parameter(2), parameter(3)];
    const made = [new optim.SGD([p, q], { lr: 1 }), new optim.SGD([r], { lr: 1 })];
    const norms = [];
    for (const list of [[p, q, r], [p, r], [q], []]) {
      [p, q, r].forEach((parameter, index) => (parameter.grad = tensor([[2, 3, 6][index]!])));
      norms.push(optim.clipGradNorm(list, 100));
    }
    for (const optimizer of made) optimizer.step();
    return {
      got: [await Promise.all(norms.map((norm) => norm.item())), await all(p, q, r)],
      wanted: [
        [7, Math.fround(Math.sqrt(40)), 3, 0],
        [[-1], [-1], [-3]],
      ],
    };
  },
  async 'a norm of a slab of many workgroups'() {
    const [p, q] = [new nn.Parameter(ones([300, 100])), new nn.Parameter(ones([7]))];
    const optimizer = new optim.SGD([p, q]);
    [p.grad, q.grad] = [ones([300, 100]).mul(0.5), ones([7]).mul(2)];
    return {
      got: Math.abs((await optim.clipGradNorm(optimizer.parameters, 1).item()) - Math.sqrt(7528)) < 1e-4,
      wanted: true,
    };
  },
  async 'clipping the norm of a small model costs one dispatch, and its limit no plan in the next step'() {
    const { model, optimizer } = seeded();
    const step = (limit: number): void => {
      const loss = F.crossEntropy(model.forward(noise(1, 8, 6)), labels(1, 8, 4));
      optimizer.zeroGrad();
      loss.backward();
      if (limit) optim.clipGradNorm(model.parameters(), limit);
      optimizer.step();
    };
    const costOf = async (limit: number): Promise<{ dispatches: number; plans: number }> => {
      await synchronize();
      const before = counters();
      step(limit);
      await synchronize();
      const { dispatches, plans } = counters();
      return { dispatches: dispatches - before.dispatches, plans: plans - before.plans };
    };
    for (const limit of [0, 1, 0, 1]) await costOf(limit);
    const [plain, clipped] = [await costOf(0), await costOf(0.5)];
    return { got: [clipped.dispatches - plain.dispatches, clipped.plans], wanted: [1, 0] };
  },
  async 'a compiled step clips as one that is not'() {
    const train = async (compiled: boolean): Promise<number[]> => {
      const { model, optimizer } = seeded();
      const step = (x: Tensor, y: Tensor): void => {
        const loss = F.crossEntropy(model.forward(x), y);
        optimizer.zeroGrad();
        loss.backward();
        optim.clipGradNorm(model.parameters(), 0.1);
        optimizer.step();
      };
      const run = compiled ? compile(step) : step;
      for (let turn = 0; turn < 8; turn++) run(noise(turn, 8, 6), labels(turn, 8, 4));
      return weights(model);
    };
    return { got: await train(true), wanted: await train(false) };
  },
  async 'a summary counts layers that repeat, attend or look up'() {
    const shapes = (model: nn.Layer, input: number[], dtype: 'int32' | 'float32' = 'float32'): unknown =>
      model
        .summary(input, { dtype })
        .rows.map(({ type, outputShape, parameters, multAdds }) => [type, outputShape.join(), parameters, multAdds]);
    class Attending extends nn.Module {
      attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
      override forward(x: Tensor): Tensor {
        return this.attention.forward(x, x, x)[0];
      }
    }
    class Reading extends nn.Module {
      table = new nn.Embedding(11, 4);
      lstm = new nn.LSTM(4, 6, { batchFirst: true });
      override forward(ids: Tensor): Tensor {
        return this.lstm.forward(this.table.forward(ids))[0];
      }
    }
    return {
      got: [shapes(new Attending(), [3, 5, 8]), shapes(new Reading(), [2, 7], 'int32')],
      wanted: [
        [
          ['MultiheadAttention', '3,5,8', 216, 15 * 8 * (24 + 10)],
          ['Linear', '3,5,8', 72, 15 * 64],
        ],
        [
          ['Embedding', '2,7,4', 44, 0],
          ['LSTM', '2,7,6', 24 * (4 + 6 + 2), 14 * 24 * 10],
        ],
      ],
    };
  },
  async 'the gates and states of a trace can all be read behind a step'() {
    manualSeed(1);
    const model = new nn.GRU(2, 4);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const x = noise(1, 3, 2, 2);
    const [trace] = model.trace(x);
    model.forward(x)[0].sum().backward();
    optimizer.step();
    const { h, z, n } = trace!;
    const [got, keeps, fresh] = await all(h, z, n);
    const before = [0, 0, 0, 0, 0, 0, 0, 0, ...got!.slice(0, -8)];
    const wanted = before.map((old, at) => keeps![at]! * old + (1 - keeps![at]!) * fresh![at]!);
    return { got: got!.map((value, at) => Math.abs(value - wanted[at]!) < 1e-6), wanted: wanted.map(() => true) };
  },
  async 'hooks see and change what goes in and comes out, until they are removed'() {
    const model = new nn.Identity();
    const seen: number[][] = [];
    const removeBefore = model.registerForwardPreHook((_, [x]) => (x as Tensor).mul(2));
    const removeBehind = model.registerForwardHook((_, [x], output) => {
      seen.push([...(x as Tensor).shape]);
      return output.add(1);
    });
    const hooked = await values(model.forward(tensor([1, 2])));
    removeBefore();
    const once = await values(model.forward(tensor([1, 2])));
    removeBehind();
    const plain = await values(model.forward(tensor([1, 2])));
    return {
      got: [hooked, once, plain, seen],
      wanted: [
        [3, 5],
        [2, 3],
        [1, 2],
        [[2], [2]],
      ],
    };
  },
  async 'buffers are saved and loaded with the parameters, and no optimiser sees them'() {
    class Net extends nn.Module {
      readonly weight = parameter(1, 2);
      readonly running = new nn.Buffer(tensor([5, 6]));
      readonly count = new nn.Buffer(tensor([7], { dtype: 'int32' }));
      readonly hidden = new nn.Buffer(ones([1]), { persistent: false });
      override forward(x: Tensor): Tensor {
        return x;
      }
    }
    const [a, b] = [new Net(), new Net()];
    b.loadStateDict({ weight: tensor([3, 4]), running: a.running.mul(2), count: tensor([9], { dtype: 'int32' }) });
    return {
      got: [Object.keys(a.stateDict()), b.parameters().length, await all(b.weight, b.running, b.count)],
      wanted: [['weight', 'running', 'count'], 1, [[3, 4], [10, 12], [9]]],
    };
  },
  async 'containers name what they hold as PyTorch does'() {
    class Net extends nn.Module {
      readonly blocks = new nn.ModuleList([new nn.Linear(2, 3), new nn.Linear(3, 1)]);
      readonly heads = new nn.ModuleDict({ mean: new nn.Linear(2, 1, { bias: false }) });
      readonly scales = new nn.ParameterList([parameter(1), parameter(2, 3)]);
      override forward(x: Tensor): Tensor {
        return [...this.blocks]
          .reduce((input, block) => block.forward(input), x)
          .add(this.heads.get('mean')!.forward(x));
      }
    }
    const model = new Net();
    const visited: string[] = [];
    model.apply((module) => visited.push(module.constructor.name));
    model.requiresGrad_(false).blocks.requiresGrad_();
    return {
      got: [
        Object.keys(model.stateDict()),
        model.forward(ones([4, 2])).shape,
        [model.blocks.length, model.blocks.at(-1) === [...model.blocks][1], [...model.scales].length],
        [model.numParameters(), model.numParameters({ trainable: true })],
        visited,
        new nn.Unflatten(1, [2, -1]).forward(ones([3, 8])).shape,
      ],
      wanted: [
        [
          'blocks.0.weight',
          'blocks.0.bias',
          'blocks.1.weight',
          'blocks.1.bias',
          'heads.mean.weight',
          'scales.0',
          'scales.1',
        ],
        [4, 1],
        [2, true, 2],
        [18, 13],
        ['Linear', 'Linear', 'ModuleList', 'Linear', 'ModuleDict', 'ParameterList', 'Net'],
        [3, 2, 4],
      ],
    };
  },
  async 'the range test finds a rate and leaves everything as it was, bit for bit'() {
    const run = async (tested: boolean): Promise<unknown[]> => {
      const { model, optimizer } = seeded(0.2);
      const rates: unknown[] = [];
      for (let turn = 0; turn < 12; turn++) {
        if (tested && turn === 6) {
          const step = (): Tensor => trainStep(model, optimizer, 3);
          const { lrs, losses, smoothed, suggestion } = await optim.lrRangeTest({ optimizer, step, model, steps: 40 });
          rates.push(lrs.length === losses.length && lrs.length === smoothed.length, lrs[0], lrs.includes(suggestion!));
        }
        trainStep(model, optimizer, turn);
      }
      return [...rates, optimizer.lr, await weights(model)];
    };
    return { got: await run(true), wanted: [true, 1e-6, true, ...(await run(false))] };
  },
};

export async function check(name: string): Promise<{ got: unknown; wanted: unknown }> {
  await init();
  return modules[name]!();
}

/** Numbers that an initialiser drew for [48, 64]. */
export async function initialised(name: string): Promise<number[]> {
  await init();
  manualSeed(11);
  const p = new nn.Parameter(ones([48, 64]));
  const { init: i } = nn;
  const made: Record<string, () => unknown> = {
    uniform: () => i.uniform(p, -1, 3),
    normal: () => i.normal(p, 2, 0.5),
    constant: () => i.constant(p, 7),
    zeros: () => i.zeros(p),
    eye: () => i.eye(p),
    xavierUniform: () => i.xavierUniform(p, 2),
    xavierNormal: () => i.xavierNormal(p),
    kaimingUniform: () => i.kaimingUniform(p, { a: Math.sqrt(5) }),
    kaimingNormal: () => i.kaimingNormal(p, { mode: 'fanOut', nonlinearity: 'relu' }),
    truncNormal: () => i.truncNormal(p, 0, 1, -1, 2),
    orthogonal: () => i.orthogonal(p, 3),
  };
  await made[name]!();
  return values(p);
}
