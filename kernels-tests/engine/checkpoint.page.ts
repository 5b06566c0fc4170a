/** Gradient checkpointing, as plain data. */
import {
  checkpoint,
  compile,
  counters,
  F,
  getGeneratorState,
  init,
  manualSeed,
  memory,
  metrics,
  nn,
  optim,
  randn,
  randperm,
  tensor,
  type Tensor,
} from '../../src/index.ts';

const WIDTH = 64;
const LAYERS = 8;

/** A block with all that must be the same when it is computed again: random numbers, running statistics, weights. */
class Block extends nn.Module {
  readonly fc1: nn.Linear = new nn.Linear(WIDTH, 4 * WIDTH);
  readonly norm: nn.BatchNorm1d = new nn.BatchNorm1d(4 * WIDTH);
  readonly dropout: nn.Dropout = new nn.Dropout(0.3);
  readonly fc2: nn.Linear = new nn.Linear(4 * WIDTH, WIDTH);

  override forward(x: Tensor): Tensor {
    return x.add(this.fc2.forward(this.dropout.forward(this.norm.forward(this.fc1.forward(x)).tanh())));
  }
}

class Deep extends nn.Module {
  readonly blocks: nn.ModuleList<Block> = new nn.ModuleList(Array.from({ length: LAYERS }, () => new Block()));
  readonly head: nn.Linear = new nn.Linear(WIDTH, 4);
  private readonly saves: boolean;

  constructor(saves: boolean) {
    super();
    this.saves = saves;
  }

  override forward(x: Tensor): Tensor {
    const through = (h: Tensor, block: Block): Tensor =>
      this.saves ? checkpoint((input) => block.forward(input), h) : block.forward(h);
    return this.head.forward([...this.blocks].reduce(through, x));
  }
}

export interface Trained {
  readonly losses: number[];
  /** Running statistics of the first block, and how many batches it has seen. */
  readonly statistics: number[];
  readonly tracked: number;
  /** Bytes of GPU memory, dispatches of a step, and submits. */
  readonly bytes: number;
  readonly dispatches: number;
  readonly submits: number;
}

/** A training of eight blocks, kept or computed again. */
export async function trained(saves: boolean, compiled: boolean): Promise<Trained> {
  await init({ restart: true, tuning: { table: null } });
  manualSeed(5);
  const model = new Deep(saves);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });
  const x = randn([256, WIDTH]);
  const y = tensor(Int32Array.from({ length: 256 }, (_, index) => index % 4));
  const take = (): Tensor => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const step = compiled ? compile(take) : take;
  const losses = [await step().item(), await step().item(), await step().item()];
  const before = counters();
  losses.push(await step().item());
  const after = counters();
  const { running_mean: mean, num_batches_tracked: tracked } = model.blocks.at(0)!.norm;
  return {
    losses,
    statistics: [...((await mean!.data()) as Float32Array)].slice(0, 4),
    tracked: await tracked!.item(),
    bytes: memory().bytes,
    dispatches: after.dispatches - before.dispatches,
    submits: after.submits - before.submits,
  };
}

/** Gradients through dropout in nested blocks, kept and computed again; how often a count in a block grew. */
export async function nested(): Promise<{ kept: number[]; again: number[]; counted: number; state: number[] }> {
  await init({ restart: true, tuning: { table: null } });
  const through = async (saves: boolean): Promise<number[]> => {
    manualSeed(9);
    const x = tensor(
      Float32Array.from({ length: 64 }, (_, index) => 1 + index),
      { requiresGrad: true },
    );
    const inner = (h: Tensor): Tensor => F.dropout(h.mul(2), { p: 0.5 });
    const outer = (h: Tensor): Tensor => {
      const first = saves ? checkpoint(inner, h) : inner(h);
      return F.dropout(first.square(), { p: 0.3 }).add(randperm(64).to('float32').mul(first));
    };
    (saves ? checkpoint(outer, x) : outer(x)).sum().backward();
    return [...((await x.grad!.data()) as Float32Array), getGeneratorState().offset];
  };
  const kept = await through(false);
  const again = await through(true);
  const confusion = new metrics.Confusion(2);
  const w = tensor([1, 2, 3, 4], { requiresGrad: true });
  const loss = checkpoint((h) => {
    confusion.update(h.reshape([2, 2]), tensor([0, 1], { dtype: 'int32' }));
    return h.square();
  }, w).sum();
  loss.backward();
  await w.grad!.data();
  const counted = [...((await confusion.matrix.data()) as Int32Array)].reduce((sum, count) => sum + count, 0);
  return { kept: kept.slice(0, 64), again: again.slice(0, 64), counted, state: [kept[64]!, again[64]!] };
}

/** The gradient of what blocks use from outside, going back twice. */
export async function outside(): Promise<number[]> {
  await init();
  const u = tensor([1, 2], { requiresGrad: true });
  const memory = u.mul(3);
  const x = tensor([5, 7]);
  const blocks = (h: Tensor): Tensor => checkpoint((input) => input.mul(memory), h);
  const loss = blocks(blocks(x)).sum();
  loss.backward({ retainGraph: true });
  const first = [...((await u.grad!.data()) as Float32Array)];
  u.grad = null;
  loss.backward();
  const second = [...((await u.grad!.data()) as Float32Array)];
  const v = tensor([3, 4], { requiresGrad: true });
  checkpoint<[Tensor]>(() => v, x)
    .sum()
    .backward();
  return [...first, ...second, ...((await v.grad!.data()) as Float32Array)];
}

/** What is said of functions that do not return one tensor, and whether ops run afterwards. */
export async function refused(): Promise<{ message: string; after: number }> {
  await init();
  const x = tensor([1, 2], { requiresGrad: true });
  let message = '';
  try {
    checkpoint((() => [x, x]) as unknown as (x: Tensor) => Tensor, x);
  } catch (error) {
    message = (error as Error).message;
  }
  const sum = checkpoint((h) => h.mul(h), x).sum();
  sum.backward();
  return { message, after: await x.grad!.sum().item() };
}

/** Gradients of a block whose input needs none, of a tensor from outside that is computed, and under noGrad. */
export async function edges(): Promise<{ weight: number[]; outside: number[]; twice: string }> {
  await init();
  const w = tensor([2, 3], { requiresGrad: true });
  const x = tensor([1, 4]);
  checkpoint((h) => h.mul(w).square(), x)
    .sum()
    .backward();
  const u = tensor([1, 2], { requiresGrad: true });
  const doubled = u.mul(2);
  const loss = checkpoint((h) => h.mul(doubled), w)
    .sum()
    .add(doubled.sum());
  const before = w.grad!;
  loss.backward();
  let twice = '';
  try {
    loss.backward();
  } catch (error) {
    twice = (error as Error).message;
  }
  return {
    weight: [...((await before.data()) as Float32Array)],
    outside: [...((await u.grad!.data()) as Float32Array)],
    twice,
  };
}
