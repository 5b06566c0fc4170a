/** Gradient checkpointing, as plain data. */
import {
  checkpoint,
  compile,
  counters,
  F,
  init,
  manualSeed,
  memory,
  nn,
  optim,
  randn,
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
