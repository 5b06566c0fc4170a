/** What training steps and small graphs cost, counted at WebGPU itself. */
import {
  compile,
  counters,
  data,
  F,
  full,
  init,
  manualSeed,
  matmul,
  nn,
  optim,
  randn,
  ready,
  synchronize,
  tensor,
  type Tensor,
} from '../../src/index.ts';
import { callsOf, watchGpu, type GpuCalls } from './watch-gpu.ts';

export interface Cost extends GpuCalls {
  /** Plans that the engine made meanwhile. */
  plans: number;
}

export async function costOf(work: () => unknown): Promise<Cost> {
  const before = counters().plans;
  const calls = await callsOf(work);
  return { ...calls, plans: counters().plans - before };
}

export async function start(): Promise<void> {
  watchGpu();
  await init();
}

function mlp(sizes: readonly number[], activation: () => nn.Layer, dropout = 0): nn.Sequential {
  const layers = sizes.slice(1).flatMap((size, index) => {
    const linear = new nn.Linear(sizes[index]!, size);
    if (index === sizes.length - 2) return [linear];
    return dropout > 0 ? [linear, activation(), new nn.Dropout(dropout)] : [linear, activation()];
  });
  return new nn.Sequential(...layers);
}

interface Recipe {
  sizes: number[];
  batch: number;
  optimizer: 'SGD' | 'Adam';
  compiled: boolean;
  dropout?: number;
}

function trainer({ sizes, batch, optimizer: kind, compiled, dropout }: Recipe): {
  step: (x: Tensor, y: Tensor) => Tensor;
  model: nn.Sequential;
  optimizer: optim.Optimizer;
  batchOf: () => [Tensor, Tensor];
} {
  const model = mlp(sizes, () => new nn.ReLU(), dropout);
  const optimizer = new optim[kind](model.parameters(), { lr: 0.01 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const inputs = new Float32Array(batch * sizes[0]!).map((_, i) => Math.sin(i));
  const labels = new Int32Array(batch).map((_, i) => i % sizes.at(-1)!);
  const batchOf = (): [Tensor, Tensor] => [tensor(inputs, { shape: [batch, sizes[0]!] }), tensor(labels)];
  return { step: compiled ? compile(step) : step, model, optimizer, batchOf };
}

/** One step, long after the first. */
export async function stepCost(recipe: Recipe): Promise<Cost> {
  await start();
  const { step, batchOf } = trainer(recipe);
  const batch = batchOf();
  for (let warm = 0; warm < 5; warm++) step(...batch);
  await ready({ fast: true });
  step(...batch);
  await synchronize();
  return costOf(() => step(...batch));
}

/** A step whose batch is gathered on the GPU from data that lies there. */
export async function residentCost(compiled: boolean): Promise<Cost> {
  await start();
  const { step } = trainer({ sizes: [2, 16, 16, 2], batch: 32, optimizer: 'SGD', compiled });
  const inputs = new Float32Array(64 * 5 * 2).map((_, i) => Math.cos(i));
  const set = new data.TensorDataset(
    { data: inputs, shape: [320, 2] },
    new Int32Array(320).map((_, i) => i % 2),
  );
  const loader = new data.DataLoader(set, { batchSize: 32, shuffle: true });
  for await (const [x, y] of loader) step(x, y);
  await ready({ fast: true });
  for await (const [x, y] of loader) step(x, y);
  await synchronize();
  let last: Cost | null = null;
  for await (const [x, y] of loader) last = await costOf(() => step(x, y));
  return last!;
}

/** Plans and pipelines that changes of run-time scalars ask for. */
export async function scalarChanges(compiled: boolean): Promise<Cost> {
  await start();
  const { step, model, optimizer, batchOf } = trainer({
    sizes: [2, 16, 16, 2],
    batch: 32,
    optimizer: 'Adam',
    compiled,
    dropout: 0.2,
  });
  const batch = batchOf();
  for (let warm = 0; warm < 2; warm++) step(...batch);
  await ready({ fast: true });
  step(...batch);
  await synchronize();
  return costOf(() => {
    for (let change = 1; change <= 5; change++) {
      optimizer.lr = 0.01 / change;
      for (const [, layer] of model.children()) if (layer instanceof nn.Dropout) layer.p = 0.1 * change;
      manualSeed(change);
      step(...batch);
    }
    return synchronize();
  });
}

/** Graphs that should cost few dispatches; each returns what is read at the end. */
const graphs: Record<string, (x: Tensor, y: Tensor) => Tensor | readonly Tensor[]> = {
  'a chain of pointwise ops': (x, y) => x.add(y).mul(2).exp().sub(y).tanh().relu(),
  'a chain with broadcasts': (x) =>
    x
      .add(x.slice(0, 0, 1))
      .mul(x.slice(1, 3, 4))
      .sub(1.5)
      .div(3),
  'a chain that is read in the middle': (x, y) => {
    const middle = x.add(y);
    return [middle, middle.exp(), middle.mul(2)];
  },
  'bias and activation behind a product': (x, y) =>
    matmul(x, y)
      .add(y.slice(0, 0, 1))
      .relu(),
  'a linear layer with activation': (x, y) => F.relu(F.linear(x, y, y.slice(0, 0, 1).reshape([16]))),
  'a residual behind a product': (x, y) => matmul(x, y).add(x),
  'a transposed operand': (x, y) => matmul(x, y.transpose()),
  'both operands transposed': (x, y) => matmul(x.transpose(), y.transpose()),
  'reshape and transpose before a chain': (x, y) =>
    x
      .reshape([8, 32])
      .transpose()
      .add(1)
      .mul(y.reshape([32, 8])),
  'a convolution with normalisation in evaluation': (x, y) => {
    const maps = F.conv2d(x.reshape([1, 1, 16, 16]), y.reshape([64, 1, 2, 2]));
    const channel = (row: number): Tensor => x.slice(0, row, row + 4).reshape([64]);
    const running = { mean: channel(0), variance: channel(4).square(), tracked: tensor(1) };
    return F.batchNorm(maps, running, { weight: channel(8), bias: channel(12), training: false }).relu();
  },
  'a chain before a sum': (x, y) => x.sub(y).square().sum(),
  'a chain before and behind a mean': (x, y) => x.sub(y).square().mean(1).sqrt().mul(2),
  'equal subexpressions': (x, y) => matmul(x, y).sigmoid().add(matmul(x, y).sigmoid()),
  'equal sums': (x) => x.sum(1).mul(x.sum(1)),
  'expand and slice': (x) => full([4, 16, 16], 2).mul(x).slice(0, 1, 3).add(x),
};

/** Dispatches of a graph, when it is planned already. */
export async function graphCost(name: string): Promise<Cost> {
  await start();
  const [x, y] = [randn([16, 16]).retain(), randn([16, 16]).retain()];
  await synchronize();
  const evaluate = compile((a: Tensor, b: Tensor): readonly Tensor[] => {
    const result = graphs[name]!(a, b);
    return Array.isArray(result) ? (result as Tensor[]) : [result as Tensor];
  });
  evaluate(x, y);
  await synchronize();
  return costOf(() => evaluate(x, y));
}

/** A compiled step that computes things nobody asks for. */
export async function deadCost(): Promise<Cost> {
  await start();
  const x = randn([16, 16]).retain();
  await synchronize();
  const evaluate = compile((a: Tensor): Tensor => {
    const unused = a.exp().matmul(a).sum();
    unused.add(1);
    return a.add(1);
  });
  evaluate(x);
  await synchronize();
  return costOf(() => evaluate(x));
}

/** The engine's own count beside WebGPU's. */
export async function ownCounters(): Promise<{ own: Record<string, number>; real: GpuCalls }> {
  await start();
  const { step, batchOf } = trainer({ sizes: [2, 16, 16, 2], batch: 32, optimizer: 'Adam', compiled: false });
  const before = counters();
  const real = await callsOf(async () => {
    for (let turn = 0; turn < 7; turn++) step(...batchOf());
    await step(...batchOf()).item();
  });
  const after = counters();
  return {
    own: {
      dispatches: after.dispatches - before.dispatches,
      submits: after.submits - before.submits,
      pipelines: after.pipelines - before.pipelines,
    },
    real,
  };
}
