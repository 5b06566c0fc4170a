/** The kernels that run while the fast ones compile, as plain data. */
import { engine } from '../../src/graph/engine.ts';
import {
  compile,
  counters,
  F,
  init,
  manualSeed,
  nn,
  optim,
  profile,
  randn,
  ready,
  synchronize,
  tensor,
  type CompileProgress,
  type InitOptions,
  type Tensor,
} from '../../src/index.ts';

export type Kind = 'mlp' | 'cnn' | 'lstm' | 'gru' | 'rnn' | 'transformer';

/** Reads sequences and tells their class from their mean. */
class Recurrent extends nn.Module {
  readonly layer: nn.LSTM | nn.GRU | nn.RNN;
  readonly fc: nn.Linear = new nn.Linear(24, 4);

  constructor(kind: 'lstm' | 'gru' | 'rnn') {
    super();
    const Layer = { lstm: nn.LSTM, gru: nn.GRU, rnn: nn.RNN }[kind];
    this.layer = new Layer(16, 24, { batchFirst: true });
  }

  override forward(x: Tensor): Tensor {
    const [out] = this.layer.forward(x) as readonly [Tensor, ...unknown[]];
    return this.fc.forward(out.mean(1));
  }
}

class Encoder extends nn.Module {
  readonly layer: nn.TransformerEncoderLayer = new nn.TransformerEncoderLayer(32, 2, {
    dimFeedforward: 64,
    dropout: 0.2,
    batchFirst: true,
  });
  readonly fc: nn.Linear = new nn.Linear(32, 4);

  override forward(x: Tensor): Tensor {
    return this.fc.forward(this.layer.forward(x, { isCausal: true }).mean(1));
  }
}

const SHAPES: Readonly<Record<Kind, readonly number[]>> = {
  mlp: [32, 64],
  cnn: [32, 3, 14, 14],
  lstm: [32, 6, 16],
  gru: [32, 6, 16],
  rnn: [32, 6, 16],
  transformer: [32, 29, 32],
};

function modelOf(kind: Kind): nn.Module {
  if (kind === 'transformer') return new Encoder();
  if (kind === 'mlp')
    return new nn.Sequential(
      new nn.Linear(64, 128),
      new nn.ReLU(),
      new nn.Linear(128, 30),
      new nn.Tanh(),
      new nn.Linear(30, 4),
    );
  if (kind === 'cnn')
    return new nn.Sequential(
      new nn.Conv2d(3, 6, 3),
      new nn.ReLU(),
      new nn.Conv2d(6, 20, 3, { stride: 2 }),
      new nn.ReLU(),
      new nn.Conv2d(20, 32, 3, { padding: 1, groups: 2 }),
      new nn.Flatten(),
      new nn.Linear(32 * 25, 4),
    );
  return new Recurrent(kind);
}

function training(kind: Kind): () => { loss: Tensor } {
  manualSeed(3);
  const model = modelOf(kind);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const x = randn([...SHAPES[kind]]);
  const y = tensor(Int32Array.from({ length: 32 }, (_, index) => index % 4));
  return compile(() => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return { loss };
  });
}

async function run(step: () => { loss: Tensor }, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let turn = 0; turn < steps; turn++) losses.push(await step().loss.item());
  return losses;
}

/** Losses of a training whose first runs are such. */
export async function losses(kind: Kind, options: InitOptions): Promise<number[]> {
  await init({ restart: true, tuning: { table: null }, ...options });
  return run(training(kind), 6);
}

async function earlyShare(step: () => unknown): Promise<number> {
  const choices = (await profile(step)).dispatches.flatMap(({ choice }) => choice ?? []);
  return choices.filter(({ early }) => early).length / choices.length;
}

export interface Phases {
  /** Runs by kernels that compile quickly, as planned. */
  readonly planned: number;
  /** Share of the choices that are such, in the first run, in the last of those and in the one behind it. */
  readonly shares: readonly number[];
}

/** How a training begins. */
export async function phases(kind: Kind): Promise<Phases> {
  await init({ restart: true, tuning: { table: null } });
  const step = training(kind);
  const shares = [await earlyShare(step)];
  const plan = [...engine().plans.plans()].at(-1) as unknown as { early: { runs: number } };
  const planned = plan.early.runs;
  await run(step, planned - 2);
  shares.push(await earlyShare(step), await earlyShare(step));
  return { planned, shares };
}

/** Pipelines that are compiled for one run, some time behind it, and for two. */
export async function pipelinesOf(kind: Kind): Promise<number[]> {
  await init({ restart: true, tuning: { table: null } });
  const step = training(kind);
  const before = counters().pipelines;
  await run(step, 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const once = counters().pipelines - before;
  await run(step, 1);
  await ready({ fast: true });
  return [once, counters().pipelines - before];
}

export interface Parted {
  /** Submits of the first run and of a later one. */
  readonly submits: readonly number[];
  /** What reading said when the last kernel did not compile, and how far the weights had moved. */
  readonly message: string;
  readonly moved: number;
}

/** A first run, whose kernels still compile, and one in which a kernel behind the first update does not compile at all. */
export async function parted(): Promise<Parted> {
  await init({ restart: true, tuning: { table: null } });
  const step = training('mlp');
  const submits: number[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const before = counters().submits;
    void step();
    await synchronize();
    submits.push(counters().submits - before);
  }
  await init({ restart: true, tuning: { table: null } });
  const { createComputePipelineAsync } = GPUDevice.prototype;
  GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
    if (!descriptor.label?.startsWith('adam')) return createComputePipelineAsync.call(this, descriptor);
    return Promise.reject(new Error('no such pipeline'));
  };
  try {
    manualSeed(3);
    const layer = new nn.Linear(64, 64);
    const before = await layer.weight.data();
    const first = new optim.SGD([layer.weight], { lr: 0.1 });
    const second = new optim.Adam([layer.bias!]);
    const step = compile(() => {
      const loss = layer
        .forward(randn([32, 64]))
        .square()
        .mean();
      loss.backward();
      first.step();
      second.step();
      return loss;
    });
    const loss = step();
    let message = '';
    await loss.item().catch((error: Error) => (message = error.message));
    const after = await layer.weight.data();
    return { submits, message, moved: after.filter((value, index) => value !== before[index]).length };
  } finally {
    Object.assign(GPUDevice.prototype, { createComputePipelineAsync });
  }
}

/** Share of early choices in the first run of another plan of the same kernels, behind one that has them. */
export async function known(): Promise<number[]> {
  await init({ restart: true, tuning: { table: null } });
  const step = training('mlp');
  const shares = [await earlyShare(step)];
  await ready({ fast: true });
  await run(step, 1);
  engine().plans.clear();
  shares.push(await earlyShare(training('mlp')));
  return shares;
}

export interface Waited {
  readonly progress: CompileProgress[];
  readonly shares: readonly number[];
}

/** A training that waits for its kernels before its second step. */
export async function waited(fast: boolean): Promise<Waited> {
  await init({ restart: true, tuning: { table: null } });
  const step = training('mlp');
  const progress: CompileProgress[] = [];
  void step();
  await ready({ fast, onProgress: (each) => progress.push(each) });
  return { progress, shares: [await earlyShare(step)] };
}
