/**
 * Graphs that a planner easily gets wrong, each with the values that it must give.
 *
 * Numbers are small whole ones, so that results are exact. Runs inside the browser; the test reads the names.
 */
import {
  arange,
  concat,
  init,
  nn,
  ones,
  optim,
  rand,
  synchronize,
  tensor,
  where,
  zeros,
  type Tensor,
} from '../../src/index.ts';
import { counted, parameter, row, values, type Cases, type Outcome } from './cases.ts';

export const hazards: Cases = {
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
  async 'a slice of a slice whose gradient starts at an offset that can be bound'() {
    const x = tensor(new Float32Array(128).fill(1), { requiresGrad: true });
    const joined = concat([zeros([64]), x.slice(0, 32, 96)]);
    joined.mul(arange(128).to('float32')).sum().backward();
    const got = await values(x.grad!);
    return {
      got: [got.slice(30, 34), got.slice(94, 98)],
      wanted: [
        [0, 0, 64, 65],
        [126, 127, 0, 0],
      ],
    };
  },
  async 'the same slice of one value in two places of a chain'() {
    const x = counted(4, 2).add(0);
    const tail = x.slice(0, 2);
    return { got: await values(tail.mul(x.slice(0, 0, 2)).add(tail)), wanted: [10, 18, 28, 40] };
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
  async 'one tensor as both operands'() {
    const x = counted(2, 2);
    return {
      got: [await values(x.mul(x)), await values(x.matmul(x)), await values(concat([x, x, x]))],
      wanted: [
        [1, 4, 9, 16],
        [7, 10, 15, 22],
        [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4],
      ],
    };
  },
  async 'a product of a matrix with its own transpose, and a sum of both'() {
    const x = counted(2, 3).add(0);
    return {
      got: [await values(x.matmul(x.transpose())), await values(x.reshape([3, 2]).add(x.transpose()))],
      wanted: [
        [14, 32, 32, 77],
        [2, 6, 5, 9, 8, 12],
      ],
    };
  },
  async 'slices with offsets into a matrix product'() {
    const x = counted(4, 3).add(0);
    const middle = x.slice(0, 1, 3);
    const turned = x.slice(0, 2, 4).slice(1, 1).transpose();
    return {
      got: [await values(middle.slice(1, 0, 2).matmul(turned)), await values(middle.slice(1, 1).matmul(turned))],
      wanted: [
        [4 * 8 + 5 * 9, 4 * 11 + 5 * 12, 7 * 8 + 8 * 9, 7 * 11 + 8 * 12],
        [5 * 8 + 6 * 9, 5 * 11 + 6 * 12, 8 * 8 + 9 * 9, 8 * 11 + 9 * 12],
      ],
    };
  },
  async 'views of views of views'() {
    const x = counted(2, 3, 4);
    const y = x.permute(2, 0, 1).slice(0, 1, 4, 2).transpose(1, 2).reshape([2, 6]).slice(1, 1, 6, 2).expand([2, 2, 3]);
    return { got: await values(y), wanted: reference() };
  },
  async 'zero-size tensors on every way through a graph'() {
    const none = zeros([0, 3]);
    const chained = none.add(1).mul(2).sum(0);
    const product = zeros([2, 0])
      .matmul(zeros([0, 3]))
      .add(1);
    const joined = concat([none, counted(1, 3), none.mul(2)]);
    const empty = counted(4).slice(0, 2, 2).mul(3);
    return {
      got: [
        await values(chained),
        await values(product),
        await values(joined),
        await values(empty),
        await values(none.matmul(counted(3, 2))),
        await values(none.sum()),
        await values(none.softmax()),
        await values(none.transpose().sum(1)),
      ],
      wanted: [[0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 2, 3], [], [], [0], [], [0, 0, 0]],
    };
  },
  async 'integers, truth values and floats in one chain'() {
    const x = tensor(Int32Array.of(-2, -1, 0, 1, 2));
    const positive = x.gt(0);
    const mixed = where(positive, x.mul(3), x.neg()).add(positive).to('float32').div(2);
    const both = positive.eq(x.ge(1)).to('int32').sum();
    return {
      got: [await values(mixed), await values(positive), await both.item()],
      wanted: [[1, 0.5, 0, 2, 3.5], [0, 0, 0, 1, 1], 5],
    };
  },
  async 'where with two numbers'() {
    const x = row(-1, 1);
    return {
      got: [
        await values(where(x.gt(0), 2, 3)),
        await values(where(x.gt(0), 0.5, 3)),
        await values(x.add(where(x.gt(0), 2, 3))),
      ],
      wanted: [
        [3, 2],
        [3, 0.5],
        [2, 3],
      ],
    };
  },
  async 'a chain behind a reduction before a chain'() {
    const x = counted(2, 3);
    const centred = x
      .mul(2)
      .sub(x.mul(2).mean(1, { keepdim: true }))
      .square()
      .sum(1)
      .sqrt()
      .mul(row(1, 2))
      .add(1);
    return { got: (await values(centred)).map((v) => Math.round(v * 1e4) / 1e4), wanted: [3.8284, 6.6569] };
  },
  async 'a chain whose value is read by a reduction and afterwards'() {
    const x = counted(2, 3).mul(2);
    const total = x.sum();
    const share = x.add(total);
    return {
      got: [await values(total), await values(share), await values(x)],
      wanted: [[42], [44, 46, 48, 50, 52, 54], [2, 4, 6, 8, 10, 12]],
    };
  },
  async 'a diamond whose one side leaves elementwise order'() {
    const x = counted(3, 3).add(1);
    const left = x.mul(2);
    const right = left.transpose().add(x);
    const sum = left.add(right).mul(x);
    return {
      got: [await values(sum)],
      wanted: [
        [2, 3, 4, 5, 6, 7, 8, 9, 10].map((v, i) => {
          const t = 2 * (2 + (i % 3) * 3 + Math.floor(i / 3));
          return (2 * v + t + v) * v;
        }),
      ],
    };
  },
};

function reference(): number[] {
  const x = (i: number, j: number, k: number): number => 1 + i * 12 + j * 4 + k;
  const rows = [1, 3].map((k) => [0, 1, 2].flatMap((j) => [0, 1].map((i) => x(i, j, k))));
  const cut = rows.map((line) => [1, 3, 5].map((at) => line[at]!)).flat();
  return [...cut, ...cut];
}

export async function run(name: string): Promise<Outcome> {
  await init();
  return hazards[name]!();
}
