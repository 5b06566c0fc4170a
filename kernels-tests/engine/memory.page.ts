/** Memory over thousands of steps that dispose of nothing, and values that are read long after. */
import { compile, data, F, init, memory, nn, optim, randn, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { callsOf, watchGpu } from './watch-gpu.ts';

export type Memory = ReturnType<typeof memory>;

async function start(): Promise<void> {
  watchGpu();
  await init();
}

const tiny = (dropout = 0): nn.Sequential =>
  new nn.Sequential(
    new nn.Linear(2, 16),
    new nn.ReLU(),
    ...(dropout > 0 ? [new nn.Dropout(dropout)] : []),
    new nn.Linear(16, 16),
    new nn.ReLU(),
    new nn.Linear(16, 2),
  );

export interface LongRun {
  /** After step 100, and after the last. */
  early: Memory;
  late: Memory;
  /** Buffers that WebGPU was asked for between the two. */
  created: number;
  /** The losses that were kept, read when all is done. */
  losses: number[];
  /** Some that were read at once, by step. */
  atOnce: [step: number, loss: number][];
}

/** The tiny MLP as one writes it in PyTorch; nothing is disposed of anywhere. */
export async function longRun(steps: number, keep: 'every loss' | 'nothing'): Promise<LongRun> {
  await start();
  const { points, labels } = spirals(320);
  const set = new data.TensorDataset({ data: points, shape: [320, 2] }, labels);
  const loader = new data.DataLoader(set, { batchSize: 32, shuffle: true, seed: 1 });
  const model = tiny();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const losses: Tensor[] = [];
  const atOnce: [number, number][] = [];
  let step = 0;
  const trainUntil = async (end: number): Promise<void> => {
    for (;;)
      for await (const [x, y] of loader) {
        const loss = F.crossEntropy(model.forward(x), y);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        if (keep === 'every loss') losses.push(loss);
        if (step % 1000 === 7) atOnce.push([step, await loss.item()]);
        if (++step === end) return;
      }
  };
  await trainUntil(100);
  await synchronize();
  const early = memory();
  const { buffers } = await callsOf(() => trainUntil(steps));
  await synchronize();
  const late = memory();
  return { early, late, created: buffers, losses: await Promise.all(losses.map((loss) => loss.item())), atOnce };
}

function spirals(count: number): { points: Float32Array; labels: Int32Array } {
  const points = new Float32Array(2 * count);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  labels.forEach((label, i) => {
    const angle = 4 * (i / count) + label * Math.PI;
    points.set([(i / count) * Math.cos(angle), (i / count) * Math.sin(angle)], 2 * i);
  });
  return { points, labels };
}

/** A loop of many small ops that nobody reads until it ends. */
export async function unread(turns: number): Promise<{ value: number; held: Memory[]; submits: number }> {
  await start();
  let x = tensor(new Float32Array(64));
  const one = tensor(new Float32Array(64).fill(1));
  const held: Memory[] = [];
  const { submits } = await callsOf(async () => {
    for (let turn = 1; turn <= turns; turn++) {
      x = x.add(one);
      if (turn % (turns / 4) === 0) {
        await synchronize();
        held.push(memory());
      }
    }
  });
  return { value: await x.sum().item(), held, submits };
}

/** Buffers and bytes after training, evaluation in between, and metrics carried along. */
export async function mixedRun(compiled: boolean): Promise<Memory[]> {
  await start();
  const model = tiny(0.1);
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const train = compiled ? compile(step) : step;
  const evaluate = (x: Tensor, y: Tensor): Tensor => model.forward(x).argmax(1).eq(y).sum();
  const held: Memory[] = [];
  for (let epoch = 0; epoch < 12; epoch++) {
    const labels = Int32Array.from({ length: 32 }, (_, i) => (i + epoch) % 2);
    let total = tensor(0);
    for (let turn = 0; turn < 40; turn++) {
      const x = tensor(
        new Float32Array(64).map((_, i) => Math.sin(i * turn + epoch)),
        { shape: [32, 2] },
      );
      total = total.add(train(x, tensor(labels)).detach());
    }
    model.eval();
    const correct = evaluate(randn([32, 2]), tensor(labels));
    model.train();
    await Promise.all([total.item(), correct.item()]);
    await synchronize();
    held.push(memory());
  }
  return held;
}

/** Models that go out of use are freed by the garbage collector, those that are disposed of at once. */
export async function freed(): Promise<{ start: Memory; full: Memory; disposed: Memory }> {
  await start();
  const before = memory();
  const big = tensor(new Float32Array(1 << 18));
  const inUse = big.add(1).sum();
  const full = memory();
  big.dispose();
  await inUse.item();
  await synchronize();
  return { start: before, full, disposed: memory() };
}

let model: nn.Sequential | null = null;

export async function makeModel(): Promise<Memory> {
  await start();
  model = tiny();
  const optimizer = new optim.Adam(model.parameters());
  model
    .forward(randn([4, 2]))
    .sum()
    .backward();
  optimizer.step();
  await synchronize();
  return memory();
}

export async function dropModel(): Promise<Memory> {
  model = null;
  await new Promise((resolve) => setTimeout(resolve, 50));
  await synchronize();
  return memory();
}

let views: Tensor[] = [];

/** Views of data that nothing else refers to. */
export async function makeViews(): Promise<void> {
  await start();
  const large = (): Tensor => tensor(new Float32Array(8192).map((_, i) => i % 7));
  views = [large().reshape([64, 128]), large().reshape([64, 128]).transpose(), large().slice(0, 0, 4096)];
  await synchronize();
}

export async function readViews(): Promise<number[]> {
  const sums = await Promise.all(views.map((view) => view.sum().item()));
  const first = await Promise.all(views.map(async (view) => (await view.data())[1]!));
  return [...sums, ...first];
}
