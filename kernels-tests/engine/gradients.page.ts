/** Gradients: where they arrive, how they add up, how optimisers take them. The test reads the names. */
import { compile, F, init, nn, noGrad, optim, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { labels, noise, parameter, row, seeded, values, type Cases, type Outcome } from './cases.ts';

export const gradients: Cases = {
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
  async 'backward starts from the gradient that it is given, in eager and compiled steps'() {
    const p = parameter(1, 2, 3);
    const step = (weights: Tensor): Tensor => {
      p.grad = null;
      p.square().backward({ gradient: weights });
      return p.grad!;
    };
    const compiled = compile(step);
    const got = [step(row(1, 10, 100)), compiled(row(1, 10, 100)), compiled(row(2, 0, -1))];
    return {
      got: await Promise.all(got.map(values)),
      wanted: [
        [2, 40, 600],
        [2, 40, 600],
        [4, 0, -6],
      ],
    };
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
  async 'a gradient that is changed before step(), as clipping does'() {
    const [a, b] = [parameter(1, 2), parameter(3)];
    const optimizer = new optim.SGD([a, b], { lr: 1 });
    a.mul(row(30, 40)).sum().add(b.sum().mul(0)).backward();
    const norm = a.grad!.square().sum().add(b.grad!.square().sum()).sqrt();
    for (const p of [a, b]) p.grad = p.grad!.div(norm);
    optimizer.step();
    const got = await Promise.all([a, b, norm, a.grad!].map(values));
    return {
      got: got.map((all) => all.map((x) => Math.round(x * 1e5) / 1e5)),
      wanted: [[0.4, 1.2], [3], [50], [0.6, 0.8]],
    };
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
};

export async function run(name: string): Promise<Outcome> {
  await init();
  return gradients[name]!();
}
