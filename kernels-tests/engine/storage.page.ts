/**
 * Memory that values share: views and what they are views of, updates in place, what is retained, freed or loaded, and
 * the order of it all. Numbers are small whole ones, so that results are exact; the test reads the names.
 */
import { init, nn, ones, optim, rand, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { counted, parameter, row, values, type Cases, type Outcome } from './cases.ts';

export const storage: Cases = {
  async 'a gradient that another gradient is summed from lies in the same slab'() {
    const table = new nn.Parameter(counted(3, 2));
    const bias = parameter(1, 1);
    const optimizer = new optim.SGD([table, bias], { lr: 1 });
    table.add(bias).mul(counted(3, 2)).sum().backward();
    optimizer.step();
    return {
      got: [await values(table), await values(bias)],
      wanted: [
        [0, 0, 0, 0, 0, 0],
        [-8, -11],
      ],
    };
  },
  async 'one gradient that is the gradient of two parameters'() {
    const a = parameter(1, 2);
    const b = parameter(3, 4);
    const optimizer = new optim.SGD([a, b], { lr: 1 });
    a.add(b).mul(row(5, 6)).sum().backward();
    optimizer.step();
    return {
      got: [await values(a), await values(b)],
      wanted: [
        [-4, -4],
        [-2, -2],
      ],
    };
  },
  async 'a retained gradient'() {
    const p = parameter(1, 2);
    const optimizer = new optim.SGD([p], { lr: 1 });
    p.mul(row(5, 6)).sum().backward();
    const grad = p.grad!.retain();
    optimizer.step();
    for (let step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      p.mul(row(7, 8)).sum().backward();
      optimizer.step();
    }
    return { got: await values(grad), wanted: [5, 6] };
  },
  async 'a retained value and its equal, merged'() {
    const x = row(1, 2);
    const a = x.add(x).retain();
    const b = x.add(x);
    return {
      got: [await values(a), await values(b)],
      wanted: [
        [2, 4],
        [2, 4],
      ],
    };
  },
  async 'an equal of a value that is retained later'() {
    const x = row(1, 2);
    const a = x.add(x);
    const b = x.add(x).retain();
    return {
      got: [await values(a), await values(b)],
      wanted: [
        [2, 4],
        [2, 4],
      ],
    };
  },
  async 'two parameters that start from one draw, beside the draw'() {
    const start = rand([3]).mul(0);
    const [a, b] = [new nn.Parameter(start), new nn.Parameter(start)];
    const optimizer = new optim.SGD([a], { lr: 1 });
    a.sum().backward();
    optimizer.step();
    return {
      got: [await values(a), await values(b), await values(start)],
      wanted: [
        [-1, -1, -1],
        [0, 0, 0],
        [0, 0, 0],
      ],
    };
  },
  async 'a view of a retained value'() {
    const a = counted(2, 3).add(1).retain();
    const b = a.reshape([6]);
    const c = a.transpose();
    return {
      got: [await values(b), await values(c), await values(a)],
      wanted: [
        [2, 3, 4, 5, 6, 7],
        [2, 5, 3, 6, 4, 7],
        [2, 3, 4, 5, 6, 7],
      ],
    };
  },
  async 'a result that lies in large memory of its own, and its view'() {
    const a = ones([100, 100]).add(1);
    const b = a.reshape([10000]);
    const c = a.slice(0, 50);
    const sums = [a, b, c].map((x) => x.sum());
    return {
      got: [(await values(b))[9999], (await values(c)).length, ...(await Promise.all(sums.map((s) => s.item())))],
      wanted: [2, 5000, 20000, 20000, 10000],
    };
  },
  async 'writes of loadStateDict do not overtake reads asked for before'() {
    const layer = new nn.Linear(2, 1);
    layer.loadStateDict({ weight: row(1, 2).reshape([1, 2]), bias: row(3) });
    await layer.weight.data();
    const before = layer.weight.data();
    layer.loadStateDict({
      weight: { shape: [1, 2], data: Float32Array.of(8, 9) },
      bias: { shape: [1], data: Float32Array.of(0) },
    });
    return {
      got: [Array.from(await before), await values(layer.weight)],
      wanted: [
        [1, 2],
        [8, 9],
      ],
    };
  },
  async 'copies of loadStateDict do not overtake reads asked for before'() {
    const layer = new nn.Linear(2, 1);
    const other = new nn.Linear(2, 1);
    layer.loadStateDict({ weight: row(1, 2).reshape([1, 2]), bias: row(3) });
    other.loadStateDict({ weight: row(8, 9).reshape([1, 2]), bias: row(0) });
    await layer.weight.data();
    const before = layer.weight.data();
    layer.loadStateDict(other.stateDict());
    return {
      got: [Array.from(await before), await values(layer.weight)],
      wanted: [
        [1, 2],
        [8, 9],
      ],
    };
  },
  async 'dispose does not overtake a read asked for before'() {
    const x = tensor(new Float32Array(8192).fill(3));
    await synchronize();
    const read = x.data();
    x.dispose();
    return { got: (await read)[8191], wanted: 3 };
  },
  async 'dispose does not overtake work that is traced'() {
    const x = tensor(new Float32Array(8192).fill(3));
    const y = x.sum();
    x.dispose();
    return { got: await y.item(), wanted: 3 * 8192 };
  },
  async 'a state dict computed from the parameters themselves'() {
    const layer = new nn.Linear(2, 1);
    layer.loadStateDict({ weight: row(1, 2).reshape([1, 2]), bias: row(3) });
    const optimizer = new optim.SGD(layer.parameters(), { lr: 0 });
    const double = layer.weight.mul(2);
    const consumed = double.add(1);
    await consumed.data();
    layer.loadStateDict({ weight: double, bias: layer.bias!.add(1) });
    optimizer.zeroGrad();
    return { got: [await values(layer.weight), await values(layer.bias!)], wanted: [[2, 4], [4]] };
  },
  async 'a value read before and after an update in place'() {
    const p = parameter(1, 2);
    const optimizer = new optim.SGD([p], { lr: 1 });
    const before = p.mul(2);
    const turned = p.reshape([2, 1]).transpose().mul(3);
    p.sum().backward();
    optimizer.step();
    const after = p.mul(2);
    return {
      got: [await values(before), await values(turned), await values(after)],
      wanted: [
        [2, 4],
        [3, 6],
        [0, 2],
      ],
    };
  },
  async 'a view of a parameter that is retained before it is updated'() {
    const p = new nn.Parameter(counted(2, 2));
    const optimizer = new optim.SGD([p], { lr: 1 });
    const views = [p.detach().reshape([4]), p.detach().transpose(), p.detach().slice(0, 1)];
    const kept = views.map((view) => view.retain());
    p.sum().backward();
    optimizer.step();
    return {
      got: await Promise.all([...kept, p].map(values)),
      wanted: [
        [1, 2, 3, 4],
        [1, 3, 2, 4],
        [3, 4],
        [0, 1, 2, 3],
      ],
    };
  },
  async 'a view of a parameter made once and used in every step'() {
    const p = new nn.Parameter(counted(2, 2));
    const turned = p.detach().transpose();
    const optimizer = new optim.SGD([p], { lr: 1 });
    const got: number[][] = [];
    for (let step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      p.add(turned).sum().backward();
      optimizer.step();
      got.push(await values(turned.mul(1.5)));
    }
    return {
      got,
      wanted: [
        [0, 3, 1.5, 4.5],
        [-1.5, 1.5, 0, 3],
        [-3, 0, -1.5, 1.5],
      ],
    };
  },
  async 'a view of uploaded data, long after'() {
    const y = tensor(new Float32Array(8192).fill(1)).reshape([64, 128]);
    const first = await y.data();
    await synchronize();
    return { got: [first[0], await y.sum().item()], wanted: [1, 8192] };
  },
  async 'a view of a loss, kept for thousands of steps'() {
    const kept: Tensor[] = [];
    const p = parameter(0, 0);
    const optimizer = new optim.SGD([p], { lr: 1 });
    for (let step = 0; step < 9000; step++) {
      optimizer.zeroGrad();
      const loss = p.mul(row(1, 0)).sum();
      loss.backward();
      optimizer.step();
      const view = loss.detach().reshape([1]);
      if (step % 3000 === 7) {
        await view.data();
        kept.push(view);
      }
      if (step % 100 === 0) await synchronize();
    }
    return { got: await Promise.all(kept.map(async (view) => (await view.data())[0])), wanted: [-7, -3007, -6007] };
  },
};

export async function run(name: string): Promise<Outcome> {
  await init();
  return storage[name]!();
}
