/** How training behaves, written as in PyTorch; the test reads the names. */
import {
  F,
  init,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  randn,
  synchronize,
  tensor,
  type Tensor,
} from '../../src/index.ts';
import { counted, labels, noise, parameter, row, values, weights, type Cases, type Outcome } from './cases.ts';

const net = (dropout = 0): nn.Sequential =>
  new nn.Sequential(
    new nn.Linear(6, 16),
    new nn.Tanh(),
    ...(dropout > 0 ? [new nn.Dropout(dropout)] : []),
    new nn.Linear(16, 4),
  );

/** A net and an optimiser that start from the same numbers each time. */
function seeded(dropout = 0): { model: nn.Sequential; optimizer: optim.Optimizer } {
  manualSeed(7);
  const model = net(dropout);
  return { model, optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }) };
}

function trainStep(model: nn.Layer, optimizer: optim.Optimizer, turn: number): Tensor {
  const loss = F.crossEntropy(model.forward(noise(turn, 8, 6)), labels(turn, 8, 4));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
}

async function losses(
  steps: number,
  between: (turn: number, model: nn.Sequential) => unknown,
  dropout = 0,
): Promise<number[]> {
  const { model, optimizer } = seeded(dropout);
  const kept: Tensor[] = [];
  for (let turn = 0; turn < steps; turn++) {
    kept.push(trainStep(model, optimizer, turn));
    await between(turn, model);
  }
  return Promise.all(kept.map((loss) => loss.item()));
}

const nothing = (): void => undefined;

export const training: Cases = {
  async 'loss, output and gradient can be read after step()'() {
    const run = async (readBefore: boolean): Promise<number[][]> => {
      const { model, optimizer } = seeded();
      const out = model.forward(noise(1, 8, 6));
      const loss = F.crossEntropy(out, labels(1, 8, 4));
      loss.backward();
      const grads = model.parameters().map(({ grad }) => grad!);
      const tensors = [loss, out, ...grads];
      if (readBefore) return Promise.all(tensors.map(values));
      optimizer.step();
      await synchronize();
      return Promise.all(tensors.map(values));
    };
    return { got: await run(false), wanted: await run(true) };
  },
  async 'a gradient is read while the next steps go on'() {
    const p = parameter(1, 2);
    const optimizer = new optim.SGD([p], { lr: 1 });
    const got: number[][] = [];
    for (let turn = 1; turn <= 3; turn++) {
      optimizer.zeroGrad();
      p.mul(row(turn, 10 * turn))
        .sum()
        .backward();
      optimizer.step();
      got.push(await values(p.grad!));
    }
    return {
      got,
      wanted: [
        [1, 10],
        [2, 20],
        [3, 30],
      ],
    };
  },
  async 'the same seed gives the same bits after 200 steps with dropout'() {
    const run = async (): Promise<number[]> => {
      const { model, optimizer } = seeded(0.3);
      for (let turn = 0; turn < 200; turn++) trainStep(model, optimizer, turn % 5);
      return weights(model);
    };
    return { got: await run(), wanted: await run() };
  },
  async 'a metric is added up over steps and read at the end'() {
    const { model, optimizer } = seeded();
    let correct = tensor(0);
    const each: Tensor[] = [];
    for (let turn = 0; turn < 300; turn++) {
      const x = noise(turn, 8, 6);
      const out = model.forward(x);
      const loss = F.crossEntropy(out, labels(turn, 8, 4));
      optimizer.zeroGrad();
      loss.backward();
      const hits = out
        .argmax(1)
        .eq(labels(turn, 8, 4))
        .sum();
      correct = correct.add(hits);
      optimizer.step();
      each.push(hits);
    }
    const sum = (await Promise.all(each.map((hits) => hits.item()))).reduce((a, b) => a + b);
    return { got: await correct.item(), wanted: sum };
  },
  async 'a metric is added up behind step()'() {
    const { model, optimizer } = seeded();
    let total = tensor(0);
    const each: Tensor[] = [];
    for (let turn = 0; turn < 50; turn++) {
      const loss = trainStep(model, optimizer, turn);
      total = total.add(loss.detach().mul(0).add(turn));
      each.push(loss);
    }
    return { got: await total.item(), wanted: 1225 };
  },
  async 'gradients add up over passes until zeroGrad'() {
    const p = parameter(1, 2);
    const optimizer = new optim.SGD([p], { lr: 1 });
    const got: number[][] = [];
    for (let round = 0; round < 3; round++) {
      optimizer.zeroGrad();
      for (let part = 1; part <= 3; part++) p.mul(row(part, round)).sum().backward();
      optimizer.step();
      got.push(await values(p.grad!), await values(p));
    }
    return {
      got,
      wanted: [
        [6, 0],
        [-5, 2],
        [6, 3],
        [-11, -1],
        [6, 6],
        [-17, -7],
      ],
    };
  },
  async 'gradients add up over steps without zeroGrad'() {
    const p = parameter(0, 0);
    const optimizer = new optim.SGD([p], { lr: 1 });
    const got: number[][] = [];
    for (let step = 1; step <= 4; step++) {
      p.mul(row(step, 1)).sum().backward();
      optimizer.step();
      got.push(await values(p.grad!));
    }
    return {
      got: [...got, await values(p)],
      wanted: [
        [1, 1],
        [3, 2],
        [6, 3],
        [10, 4],
        [-20, -10],
      ],
    };
  },
  async 'a retained output outlives later steps, of any size'() {
    const p = new nn.Parameter(ones([100, 100]));
    const optimizer = new optim.SGD([p], { lr: 1 });
    const kept: Tensor[] = [];
    for (let step = 0; step < 5; step++) {
      optimizer.zeroGrad();
      const out = p.mul(2).retain();
      out.sum().mul(0.5).backward();
      optimizer.step();
      kept.push(out);
    }
    return {
      got: (await Promise.all(kept.map(values))).map((all) => [all[0], all[9999]]),
      wanted: [
        [2, 2],
        [0, 0],
        [-2, -2],
        [-4, -4],
        [-6, -6],
      ],
    };
  },
  async 'an output is retained after it has been read and submitted'() {
    const p = new nn.Parameter(ones([100, 100]));
    const optimizer = new optim.SGD([p], { lr: 1 });
    const step = (): Tensor => {
      optimizer.zeroGrad();
      const out = p.mul(2);
      out.sum().mul(0.5).backward();
      optimizer.step();
      return out;
    };
    const bare = p.mul(3);
    await bare.data();
    bare.retain();
    const out = step();
    for (let turn = 0; turn < 3; turn++) step();
    await synchronize();
    return { got: [(await values(bare))[7], out.shape], wanted: [3, [100, 100]] };
  },
  async 'evaluation between steps changes no training, and reads what it should'() {
    const accuracies: number[] = [];
    const evaluate = async (_: number, model: nn.Sequential): Promise<void> => {
      model.eval();
      const out = noGrad(() => model.forward(noise(99, 8, 6)));
      accuracies.push(
        await out
          .argmax(1)
          .eq(labels(99, 8, 4))
          .to('float32')
          .mean()
          .item(),
      );
      model.train();
    };
    const [got, wanted] = [await losses(20, evaluate, 0.2), await losses(20, nothing, 0.2)];
    return { got: [got, accuracies.length, accuracies.every((a) => a >= 0 && a <= 1)], wanted: [wanted, 20, true] };
  },
  async 'a summary changes no training'() {
    const summarize = (_: number, model: nn.Sequential): unknown => model.summary([3, 6]).parameters;
    return { got: await losses(5, summarize, 0.2), wanted: await losses(5, nothing, 0.2) };
  },
  async 'reading every loss at once changes no training'() {
    const run = async (): Promise<number[]> => {
      const { model, optimizer } = seeded();
      const got: number[] = [];
      for (let turn = 0; turn < 20; turn++) got.push(await trainStep(model, optimizer, turn).item());
      return got;
    };
    return { got: await run(), wanted: await losses(20, nothing) };
  },
  async 'two models that train each other, in one step'() {
    const make = (value: number): { p: nn.Parameter; optimizer: optim.SGD } => {
      const p = parameter(value);
      return { p, optimizer: new optim.SGD([p], { lr: 1 }) };
    };
    const [a, b] = [make(1), make(2)];
    for (let step = 0; step < 2; step++) {
      a.optimizer.zeroGrad();
      a.p.mul(b.p.detach()).sum().backward();
      a.optimizer.step();
      b.optimizer.zeroGrad();
      b.p.mul(a.p.detach()).sum().backward();
      b.optimizer.step();
    }
    // a: 1 - 2 = -1, b: 2 + 1 = 3, a: -1 - 3 = -4, b: 3 + 4 = 7
    return { got: [await values(a.p), await values(b.p)], wanted: [[-4], [7]] };
  },
  async 'two optimisers step behind one backward pass'() {
    const [a, b] = [parameter(1, 1), parameter(2, 2)];
    const [first, second] = [new optim.SGD([a], { lr: 1 }), new optim.SGD([b], { lr: 0.5 })];
    a.mul(b).sum().backward();
    first.step();
    second.step();
    return {
      got: [await values(a), await values(b)],
      wanted: [
        [-1, -1],
        [1.5, 1.5],
      ],
    };
  },
  async 'one Parameter in two modules is one parameter with one gradient'() {
    class Tied extends nn.Module {
      readonly one = new nn.Linear(2, 2, { bias: false });
      readonly two = new nn.Linear(2, 2, { bias: false });
      constructor() {
        super();
        Object.assign(this.two, { weight: this.one.weight });
      }
      override forward(x: Tensor): Tensor {
        return this.two.forward(this.one.forward(x));
      }
    }
    const model = new Tied();
    model.loadStateDict({ 'one.weight': { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    model
      .forward(row(1, 1).reshape([1, 2]))
      .sum()
      .backward();
    optimizer.step();
    // h = W x = [3, 7]; dL/dW = 1 h^T + W^T 1 x^T = [[3, 7], [3, 7]] + [[4, 4], [6, 6]]
    return { got: [model.parameters().length, await values(model.one.weight)], wanted: [1, [-6, -9, -6, -9]] };
  },
  async 'a parameter in several places of a graph'() {
    const p = parameter(2, 3);
    const optimizer = new optim.SGD([p], { lr: 1 });
    p.mul(p)
      .add(p.slice(0, 0, 1))
      .add(p.sum())
      .sum()
      .backward();
    optimizer.step();
    return {
      got: [await values(p.grad!), await values(p)],
      wanted: [
        [8, 8],
        [-6, -5],
      ],
    };
  },
  async 'a second optimizer over the same parameters goes on where the first stopped'() {
    const p = parameter(1, 2);
    const first = new optim.SGD([p], { lr: 1 });
    p.sum().backward();
    first.step();
    const second = new optim.SGD([p], { lr: 10 });
    second.zeroGrad();
    p.sum().backward();
    second.step();
    let message = '';
    try {
      first.step();
    } catch (error) {
      message = (error as Error).message;
    }
    return { got: [await values(p), message.includes('another optimizer')], wanted: [[-10, -9], true] };
  },
  async 'retainGraph allows a second backward pass, which adds the same again'() {
    const p = parameter(2, 3);
    const loss = p.mul(p).sum();
    loss.backward({ retainGraph: true });
    loss.backward();
    return { got: await values(p.grad!), wanted: [8, 12] };
  },
  async 'two losses over one forward pass'() {
    const p = parameter(2, 3);
    const hidden = p.mul(p);
    const [first, second] = [hidden.sum(), hidden.mul(row(1, 10)).sum()];
    first.backward({ retainGraph: true });
    second.backward();
    return { got: await values(p.grad!), wanted: [8, 66] };
  },
  async 'detach and noGrad stop gradients'() {
    const p = parameter(2, 3);
    const frozen = noGrad(() => p.mul(5));
    p.mul(p.detach()).add(frozen).sum().backward();
    return { got: [await values(p.grad!), frozen.requiresGrad], wanted: [[2, 3], false] };
  },
  async 'leaves that are no parameters collect gradients, also over broadcasts'() {
    const x = tensor([[1], [2]], { requiresGrad: true });
    const y = tensor([3, 4, 5], { requiresGrad: true });
    x.mul(y).sum().backward();
    return {
      got: [await values(x.grad!), await values(y.grad!), x.grad!.shape],
      wanted: [
        [12, 12],
        [3, 3, 3],
        [2, 1],
      ],
    };
  },
  async 'a sum of losses of many batches is gone through in one backward pass'() {
    const { model } = seeded();
    const parts = Array.from({ length: 40 }, (_, turn) =>
      F.crossEntropy(model.forward(noise(turn, 8, 6)), labels(turn, 8, 4)),
    );
    const total = parts.reduce((sum, part) => sum.add(part));
    total.backward();
    const together = await values(model.parameters()[0]!.grad!);
    const { model: other } = seeded();
    for (let turn = 0; turn < 40; turn++)
      F.crossEntropy(other.forward(noise(turn, 8, 6)), labels(turn, 8, 4)).backward();
    const apart = await values(other.parameters()[0]!.grad!);
    const worst = Math.max(...together.map((value, i) => Math.abs(value - apart[i]!)));
    return { got: worst < 1e-4, wanted: true };
  },
  async 'parameters made in the middle of a trace'() {
    const x = randn([4, 6]).mul(0).add(1);
    const before = x.mul(3);
    const late = new nn.Linear(6, 2);
    late.loadStateDict({ weight: ones([2, 6]), bias: { shape: [2], data: Float32Array.of(1, 2) } });
    const out = late.forward(before);
    return { got: [await values(out), await values(before.sum())], wanted: [[19, 20, 19, 20, 19, 20, 19, 20], [72]] };
  },
  async 'a chain of thousands of ops, whose middle is read later'() {
    const all: Tensor[] = [];
    let x = counted(2);
    const step = row(1, 1);
    for (let turn = 0; turn < 9000; turn++) all.push((x = x.add(step)));
    const at = [0, 4094, 4095, 4096, 8191, 8999];
    const got: number[] = [];
    for (const turn of at) got.push((await values(all[turn]!))[0]!);
    return { got, wanted: at.map((turn) => turn + 2) };
  },
};

export async function run(name: string): Promise<Outcome> {
  await init();
  return training[name]!();
}

/** Weights after 200 steps from one seed, for comparison with those of another page. */
export async function fingerprint(): Promise<number[]> {
  await init();
  const { model, optimizer } = seeded(0.3);
  for (let turn = 0; turn < 200; turn++) trainStep(model, optimizer, turn % 5);
  return weights(model);
}
