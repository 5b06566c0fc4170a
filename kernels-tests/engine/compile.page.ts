/** What compile() must keep to; the test reads the names. */
import {
  compile,
  counters,
  data,
  F,
  init,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  synchronize,
  tensor,
  type Tensor,
} from '../../src/index.ts';
import { counted, labels, noise, parameter, row, values, type Cases, type Outcome } from './cases.ts';

interface Session {
  model: nn.Sequential;
  dropout: nn.Dropout;
  optimizer: optim.Optimizer;
  step: (x: Tensor, y: Tensor) => Tensor;
}

function session(compiled: boolean, kind: 'Adam' | 'SGD' = 'Adam'): Session {
  manualSeed(3);
  const dropout = new nn.Dropout(0.2);
  const model = new nn.Sequential(new nn.Linear(6, 16), new nn.ReLU(), dropout, new nn.Linear(16, 4));
  const optimizer =
    kind === 'Adam'
      ? new optim.Adam(model.parameters(), { lr: 0.01 })
      : new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, dropout, optimizer, step: compiled ? compile(step) : step };
}

/** Losses of a run that `work` drives, compiled beside not. */
async function both(work: (session: Session) => Tensor[] | Promise<Tensor[]>, kind?: 'Adam' | 'SGD'): Promise<Outcome> {
  const run = async (compiled: boolean): Promise<number[]> => {
    const losses = await work(session(compiled, kind));
    return Promise.all(losses.map((loss) => loss.item()));
  };
  return { got: await run(true), wanted: await run(false) };
}

const turns = (count: number, step: (turn: number) => Tensor): Tensor[] =>
  Array.from({ length: count }, (_, turn) => step(turn));

export const compiling: Cases = {
  'gives the same losses, dropout included': () =>
    both(({ step }) => turns(40, (turn) => step(noise(turn, 8, 6), labels(turn, 8, 4)))),
  'gives the same losses with momentum': () =>
    both(({ step }) => turns(40, (turn) => step(noise(turn, 8, 6), labels(turn, 8, 4))), 'SGD'),
  'follows changes of learning rate, dropout and seed': () =>
    both(({ step, optimizer, dropout }) =>
      turns(30, (turn) => {
        optimizer.lr = 0.02 / (1 + turn);
        if (turn % 7 === 3) dropout.p = turn % 2 ? 0.5 : 0;
        if (turn % 11 === 5) manualSeed(turn);
        return step(noise(turn, 8, 6), labels(turn, 8, 4));
      }),
    ),
  'takes batches of other sizes as they come': () =>
    both(({ step }) =>
      turns(20, (turn) => step(noise(turn, turn % 4 === 3 ? 3 : 8, 6), labels(turn, turn % 4 === 3 ? 3 : 8, 4))),
    ),
  'goes on beside steps that are not compiled': () =>
    both(({ step, model, optimizer }) =>
      turns(20, (turn) => {
        if (turn % 3) return step(noise(turn, 8, 6), labels(turn, 8, 4));
        const loss = F.mseLoss(model.forward(noise(turn, 8, 6)), noise(turn + 1, 8, 4));
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return loss;
      }),
    ),
  'takes batches that a loader gathers on the GPU, and a metric beside': () =>
    both(async ({ step }) => {
      const set = new data.TensorDataset(
        { data: new Float32Array(30 * 6).map((_, i) => Math.sin(i)), shape: [30, 6] },
        new Int32Array(30).map((_, i) => i % 4),
      );
      const loader = new data.DataLoader(set, { batchSize: 8, shuffle: true, seed: 5 });
      const losses: Tensor[] = [];
      let total = tensor(0);
      for (let epoch = 0; epoch < 3; epoch++)
        for await (const [x, y] of loader) {
          const loss = step(x, y);
          total = total.add(loss.detach());
          losses.push(loss);
        }
      return [...losses, total];
    }),
  'takes arguments that are still to be computed, whatever else is pending': async () => {
    const double = compile((x: Tensor): Tensor => x.mul(2));
    const got: number[][] = [];
    for (let turn = 1; turn <= 3; turn++) {
      const unread = row(1, 2).exp();
      got.push(await values(double(row(turn, turn + 1).add(row(10, 20)))));
      await values(unread);
    }
    return {
      got,
      wanted: [
        [22, 44],
        [24, 46],
        [26, 48],
      ],
    };
  },
  'does not fold an argument away, whatever its first value': async () => {
    const scaled = compile((x: Tensor, by: Tensor): Tensor => x.mul(by));
    return {
      got: [await values(scaled(row(1, 2), tensor(1))), await values(scaled(row(1, 2), tensor(5)))],
      wanted: [
        [1, 2],
        [5, 10],
      ],
    };
  },
  'tells one tensor given twice from two': async () => {
    const sum = compile((a: Tensor, b: Tensor): Tensor => a.add(b));
    const x = row(1, 2);
    return {
      got: [await values(sum(x, x)), await values(sum(x, row(5, 6))), await values(sum(row(7, 7), row(1, 1)))],
      wanted: [
        [2, 4],
        [6, 8],
        [8, 8],
      ],
    };
  },
  'tells data of the host from data on the GPU': async () => {
    const double = compile((x: Tensor): Tensor => x.sum());
    const large = tensor(new Float32Array(8192).fill(2));
    const small = noGrad(() => tensor(new Float32Array(8192).fill(1)).mul(3));
    await synchronize();
    return {
      got: [await double(large).item(), await double(small).item(), await double(ones([8192])).item()],
      wanted: [16384, 24576, 8192],
    };
  },
  'returns one tensor, a list, an object or nothing': async () => {
    const p = parameter(0);
    const optimizer = new optim.SGD([p], { lr: 1 });
    const one = compile((x: Tensor) => x.add(1));
    const list = compile((x: Tensor) => [x.add(1), x.add(2)]);
    const named = compile((x: Tensor) => ({ plus: x.add(1), times: x.mul(3) }));
    const none = compile((x: Tensor): void => {
      optimizer.zeroGrad();
      p.mul(x).sum().backward();
      optimizer.step();
    });
    const got: unknown[] = [];
    for (const x of [row(1), row(2)]) {
      none(x);
      const { plus, times } = named(x);
      got.push(await values(one(x)), await Promise.all(list(x).map(values)), await values(plus), await values(times));
    }
    return { got: [...got, await values(p)], wanted: [[2], [[2], [3]], [2], [3], [3], [[3], [4]], [3], [6], [-3]] };
  },
  'returns one tensor twice, an argument, and what lies outside': async () => {
    const outside = parameter(7);
    const step = compile((x: Tensor) => {
      const y = x.add(1);
      return [y, y, x, outside, x.reshape([1, 1])];
    });
    const got: number[][][] = [];
    for (const x of [row(1), row(2)]) got.push(await Promise.all(step(x).map(values)));
    return {
      got,
      wanted: [
        [[2], [2], [1], [7], [1]],
        [[3], [3], [2], [7], [2]],
      ],
    };
  },
  'gives each call results of its own': async () => {
    const add = compile((x: Tensor): Tensor => x.add(1));
    const results = [1, 2, 3, 4].map((value) => add(row(value)));
    return { got: await Promise.all(results.map(values)), wanted: [[2], [3], [4], [5]] };
  },
  'gives each call a retained result of its own, of any size': async () => {
    const add = compile((x: Tensor): Tensor => x.expand([100, 100]).add(1).retain());
    const results = [1, 2, 3].map((value) => add(row(value)));
    return {
      got: (await Promise.all(results.map(values))).map((all) => [all[0], all.length]),
      wanted: [
        [2, 10000],
        [3, 10000],
        [4, 10000],
      ],
    };
  },
  'uses what was computed outside, and follows its updates in place': async () => {
    const p = parameter(1, 2);
    const optimizer = new optim.SGD([p], { lr: 1 });
    const fixed = row(10, 10).mul(2);
    const use = compile((x: Tensor): Tensor => x.mul(p).add(fixed));
    const got = [await values(use(row(1, 1)))];
    p.sum().backward();
    optimizer.step();
    got.push(await values(use(row(1, 1))));
    return {
      got,
      wanted: [
        [21, 22],
        [20, 21],
      ],
    };
  },
  'leaves gradients to be read after each call': async () => {
    const p = parameter(1, 2);
    const optimizer = new optim.SGD([p], { lr: 0 });
    const step = compile((x: Tensor): void => {
      optimizer.zeroGrad();
      p.mul(x).sum().backward();
      optimizer.step();
    });
    const got: number[][] = [];
    for (const x of [row(1, 2), row(3, 4)]) {
      step(x);
      got.push(await values(p.grad!));
    }
    return {
      got,
      wanted: [
        [1, 2],
        [3, 4],
      ],
    };
  },
  'survives more plans than are kept': async () => {
    const add = compile((x: Tensor): Tensor => x.expand([80, 80]).add(1));
    const got = [(await values(add(row(1))))[0]];
    const before = counters().plans;
    let last = row(0);
    for (let size = 1; size <= 140; size++) last = counted(size).mul(counted(size)).sum();
    for (let size = 1; size <= 140; size++) await counted(size).mul(counted(size)).sum().item();
    await last.item();
    got.push((await values(add(row(2))))[0], (await values(add(row(3))))[0]);
    return { got: [...got, counters().plans - before > 130], wanted: [2, 3, 4, true] };
  },
  'works inside a compiled step': async () => {
    const inner = compile((x: Tensor): Tensor => x.mul(2));
    const outer = compile((x: Tensor): Tensor => inner(x).add(1));
    return { got: [await values(outer(row(1))), await values(outer(row(2)))], wanted: [[3], [5]] };
  },
};

export async function run(name: string): Promise<Outcome> {
  await init();
  return compiling[name]!();
}

/** Runs of many unlike graphs asked for at once, more than are kept, before any pipeline is ready. */
export async function burst(): Promise<Outcome> {
  await init();
  const warm = Array.from({ length: 128 }, (_, size) => counted(size + 1).mul(counted(size + 1)));
  for (const result of warm) await result.data();
  const asked: Promise<number[]>[] = [];
  const wanted: number[] = [];
  for (let size = 1; size <= 300; size++) {
    asked.push(values(counted(size, 3).add(counted(size, 3)).mul(counted(3))));
    wanted.push(6 * size * 3);
    if (size < 4) asked.push(values(counted(size).mul(counted(size))));
    if (size < 4) wanted.push(size * size);
  }
  return { got: (await Promise.all(asked)).map((all) => all.at(-1)), wanted };
}
