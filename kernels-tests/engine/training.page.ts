/** How training behaves, written as in PyTorch; the test reads the names. */
import { F, init, nn, noGrad, ones, optim, randn, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { counted, labels, noise, row, seeded, trainStep, values, weights, type Cases, type Outcome } from './cases.ts';

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
