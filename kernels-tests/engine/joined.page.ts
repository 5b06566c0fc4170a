/** Steps whose tiny dispatches are joined, as plain data. */
import { engine } from '../../src/graph/engine.ts';
import type { Joined as JoinedSteps } from '../../src/graph/plan/joined.ts';
import {
  compile,
  counters,
  F,
  init,
  manualSeed,
  memory,
  nn,
  noGrad,
  optim,
  profile,
  tensor,
  type Tensor,
} from '../../src/index.ts';

type Step = (x: ReturnType<typeof tensor>, y: ReturnType<typeof tensor>) => { loss: ReturnType<typeof tensor> };

/** A small network with what training has: dropout, a scheduled rate, clipping. */
function training(compiled: boolean): { step: Step; optimizer: optim.Optimizer } {
  manualSeed(3);
  const model = new nn.Sequential(
    new nn.Linear(2, 16),
    new nn.Tanh(),
    new nn.Dropout(0.1),
    new nn.Linear(16, 16),
    new nn.LayerNorm(16),
    new nn.ReLU(),
    new nn.Linear(16, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const step: Step = (x, y) => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optim.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    return { loss };
  };
  return { step: compiled ? compile(step) : step, optimizer };
}

function batch(turn: number): [ReturnType<typeof tensor>, ReturnType<typeof tensor>] {
  const at = (i: number): number => Math.sin(1 + i * 12.9898 + turn * 78.233);
  const x = tensor(
    Float32Array.from({ length: 64 }, (_, i) => at(i)),
    { shape: [32, 2] },
  );
  const y = tensor(Int32Array.from({ length: 32 }, (_, i) => (at(2 * i) > 0 ? 1 : 0) + (at(2 * i + 1) > 0.5 ? 1 : 0)));
  return [x, y];
}

async function losses(
  { step, optimizer }: ReturnType<typeof training>,
  steps: number,
  onStep: (turn: number, dispatches: number) => void = () => undefined,
): Promise<number[]> {
  const found: number[] = [];
  for (let turn = 0; turn < steps; turn++) {
    optimizer.lr = 0.02 / (1 + turn / 50);
    const before = counters().dispatches;
    const { loss } = step(...batch(turn % 5));
    found.push(await loss.item());
    onStep(turn, counters().dispatches - before);
  }
  return found;
}

export interface Joined {
  /** Of a compiled step, and of one that is not and has none joined. */
  readonly losses: readonly [joined: number[], apart: number[]];
  /** Dispatches of a step at first and at last. */
  readonly dispatches: readonly [first: number, last: number];
  /** What the profiler says of a joined step. */
  readonly profiled: readonly { label: string; wgsl: string; bindings: number }[];
  /** Buffers after 80 steps, and after 200. */
  readonly buffers: readonly [number, number];
  readonly failures: string[];
}

export async function joined(hardware = false): Promise<Joined> {
  await init({ restart: true, debug: { hardware } });
  const dispatches: number[] = [];
  const buffers: number[] = [];
  const compiled = training(true);
  const joined = await losses(compiled, 200, (turn, count) => {
    dispatches.push(count);
    if (turn === 80 || turn === 199) buffers.push(memory().buffers);
  });
  const given = batch(0);
  const { dispatches: shown } = await profile(() => void compiled.step(...given));
  const apart = await losses(training(false), 200);
  return {
    losses: [joined, apart],
    dispatches: [dispatches[0]!, dispatches[199]!],
    profiled: shown.map(({ label, wgsl, bindings }) => ({ label, wgsl, bindings: bindings.length })),
    buffers: [buffers[0]!, buffers[1]!],
    failures: joinsOf().flatMap(({ failure }) => failure?.message ?? []),
  };
}

function joinsOf(): JoinedSteps[] {
  return [...engine().plans.plans()].flatMap((plan) => plan.joined ?? []);
}

/** Losses of a step whose joined kernels do not compile. */
export async function failing(): Promise<{ losses: number[]; failures: number }> {
  await init({ restart: true });
  const { prototype } = GPUDevice;
  const make = prototype.createComputePipelineAsync;
  prototype.createComputePipelineAsync = function (descriptor) {
    if (descriptor.compute.entryPoint === 'joined') return Promise.reject(new Error('the compiler gave up'));
    return make.call(this, descriptor);
  };
  try {
    const found = await losses(training(true), 80);
    return { losses: found, failures: joinsOf().filter(({ failure }) => failure).length };
  } finally {
    prototype.createComputePipelineAsync = make;
  }
}

/** Greatest difference of a compiled forward pass from one that is not, behind optimisers that move parameters. */
export async function moved(): Promise<{ dispatches: number[]; differences: number[] }> {
  await init({ restart: true });
  const dispatches: number[] = [];
  const differences: number[] = [];
  const x = batch(1)[0];
  for (const headFirst of [false, true]) {
    manualSeed(5);
    const head = new nn.Linear(16, 3);
    const model = new nn.Sequential(new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 16), new nn.Tanh(), head);
    const make = (whole: boolean): void => void new optim.SGD((whole ? model : head).parameters(), { lr: 0.1 });
    const compare = async (): Promise<void> => {
      const before = counters().dispatches;
      const found = await predict(x).data();
      dispatches.push(counters().dispatches - before);
      const wanted = await noGrad(() => model.forward(x)).data();
      differences.push(Math.max(...found.map((value, at) => Math.abs(value - wanted[at]!))));
    };
    make(!headFirst);
    const predict = compile((x: Tensor) => noGrad(() => model.forward(x)));
    for (let turn = 0; turn < 80; turn++) await predict(x).data();
    await compare();
    make(headFirst);
    await compare();
  }
  return { dispatches, differences };
}
