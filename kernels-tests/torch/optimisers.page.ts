/** The training runs of optimisers.json in the browser, written as in PyTorch. */
import { F, init, nn, optim, tensor, type Tensor } from '../../src/index.ts';
import type { OptimizerOptions, OptimizerReferences, Plain, Run, State } from './references.ts';
import { waves } from './waves.ts';

const models = {
  classify: () =>
    new nn.Sequential(new nn.Linear(8, 16), new nn.ReLU(), new nn.Linear(16, 12), new nn.Tanh(), new nn.Linear(12, 4)),
  regress: () => new nn.Sequential(new nn.Linear(8, 16), new nn.Sigmoid(), new nn.Linear(16, 2)),
};

/** PyTorch's options by wgrad's names. */
function camel(options: OptimizerOptions): object {
  const entries = Object.entries(options).map(([key, value]) => [
    key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries) as object;
}

function optimizerOf(run: Run, parameters: nn.Parameter[]): optim.Optimizer {
  const { groups, clip_norm: _, clip_value: __, ...options } = run.options;
  const layers = groups?.map((own, i) => ({ params: parameters.slice(2 * i, 2 * i + 2), ...camel(own) }));
  return new optim[run.optimizer](layers ?? parameters, camel(options));
}

/** Rows of a batch. */
function rows({ data, shape }: Plain, from: number, count: number): { data: number[]; shape: number[] } {
  const size = data.length / shape[0]!;
  return { data: data.slice(from * size, (from + count) * size), shape: [count, ...shape.slice(1)] };
}

export async function train(
  references: Pick<OptimizerReferences, 'batch' | 'data' | 'start'>,
  run: Run,
): Promise<{ losses: number[]; norms: number[]; end: State }> {
  await init();
  const model = models[run.task]();
  model.loadStateDict(
    Object.fromEntries(
      Object.entries(references.start[run.task]).map(([key, { data, shape }]) => [
        key,
        { data: Float32Array.from(data), shape },
      ]),
    ),
  );
  const optimizer = optimizerOf(run, model.parameters());
  const losses = [];
  const norms = [];
  for (let step = 0; step < run.losses.length; step++) {
    const from = (step % 4) * references.batch;
    const inputs = rows(references.data.x, from, references.batch);
    const targets = rows(references.data[run.task], from, references.batch);
    const x = tensor(inputs.data, { shape: inputs.shape });
    const target = tensor(targets.data, { shape: targets.shape });
    if (run.lr) optimizer.lr = run.lr[step]!;
    const y = model.forward(x);
    const loss = run.task === 'classify' ? F.crossEntropy(y, target.to('int32')) : F.mseLoss(y, target);
    optimizer.zeroGrad();
    loss.backward();
    const { clip_norm: maxNorm, clip_value: limit } = run.options;
    if (maxNorm) norms.push(optim.clipGradNorm(model.parameters(), maxNorm));
    if (limit) optim.clipGradValue(model.parameters(), limit);
    optimizer.step();
    losses.push(loss);
  }
  const end: State = {};
  for (const [key, value] of Object.entries(model.stateDict()))
    end[key] = { shape: [...value.shape], data: Array.from(await value.data()) };
  const items = (list: Tensor[]): Promise<number[]> => Promise.all(list.map((each) => each.item()));
  return { losses: await items(losses), norms: await items(norms), end };
}

export async function trainLarge(steps: number): Promise<{ losses: number[]; sums: Record<string, [number, number]> }> {
  await init();
  const sizes = [784, 256, 128, 10];
  const model = new nn.Sequential(
    new nn.Linear(784, 256),
    new nn.ReLU(),
    new nn.Linear(256, 128),
    new nn.ReLU(),
    new nn.Linear(128, 10),
  );
  const start = [...model.namedParameters()].map(([key, { shape }], index) => [
    key,
    waves(index, 1 / Math.sqrt(sizes[Math.floor(index / 2)]!), ...shape),
  ]);
  model.loadStateDict(Object.fromEntries(start));
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const x = waves(step, 1, 64, 784);
    const labels = Int32Array.from({ length: 64 }, (_, i) => (i * (step + 3)) % 10);
    const loss = F.crossEntropy(model.forward(tensor(x.data, x)), tensor(labels));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss);
  }
  const sums: Record<string, [number, number]> = {};
  for (const [key, value] of Object.entries(model.stateDict())) {
    const data = Array.from(await value.data());
    sums[key] = [data.reduce((a, b) => a + b), data.reduce((a, b) => a + Math.abs(b), 0)];
  }
  return { losses: await Promise.all(losses.map((loss) => loss.item())), sums };
}
