/** Bad input inside the browser: what is said, where it points, and what is left working. */
import { F, init, nn, optim, tensor, type Tensor } from '../../src/index.ts';
import { badInputs } from './bad-input.ts';

export async function start(): Promise<void> {
  await init();
}

/** The error that a case raises; null where it raises none. */
export async function errorOf(name: string): Promise<{ message: string; stack: string } | null> {
  const found = badInputs.find((each) => each.name === name);
  if (!found) throw new Error(`errors: no case is called "${name}"`);
  try {
    await found.run();
    return null;
  } catch (error) {
    return { message: (error as Error).message, stack: (error as Error).stack ?? '' };
  }
}

function setUp(): { model: nn.Sequential; step: () => Tensor } {
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const x = tensor([0, 0, 0, 1, 1, 0, 1, 1], { shape: [4, 2] });
  const y = tensor([0, 1, 1, 0], { dtype: 'int32' });
  return {
    model,
    step: () => {
      const loss = F.crossEntropy(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    },
  };
}

/** Losses of a training that every kind of mistake interrupts. */
export async function trainThroughMistakes(): Promise<number[]> {
  const { step } = setUp();
  const losses: number[] = [];
  for (const { name } of badInputs) {
    losses.push(await step().item());
    await errorOf(name);
  }
  for (let more = 0; more < 60; more++) losses.push(await step().item());
  return losses;
}

/** What loading bad state dicts says, and whether the parameters are as before. */
export async function badStateDicts(): Promise<{ messages: string[]; unchanged: boolean }> {
  const { model } = setUp();
  const read = async (): Promise<string> =>
    (await Promise.all(model.parameters().map(async (each) => [...(await each.data())].join()))).join();
  const before = await read();
  const good = Object.fromEntries(
    [...model.namedParameters()].map(([key, { shape }]) => [
      key,
      { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
    ]),
  );
  const { '0.bias': _missing, ...missing } = good;
  const bad = [
    missing,
    { ...good, 'extra.weight': { shape: [1], data: new Float32Array(1) } },
    { ...good, '2.weight': { shape: [8, 2], data: new Float32Array(16) } },
  ];
  const messages = bad.map((state) => {
    try {
      model.loadStateDict(state);
      return 'no error';
    } catch (error) {
      return (error as Error).message;
    }
  });
  return { messages, unchanged: (await read()) === before };
}

/** Where a loss turns NaN, it reads as NaN and nothing hangs. */
export async function nanLoss(): Promise<{ loss: number; isNaN: boolean }> {
  const model = new nn.Sequential(new nn.Linear(2, 4), new nn.ReLU(), new nn.Linear(4, 2));
  const x = tensor([Number.NaN, 1], { shape: [1, 2] });
  const loss = await F.crossEntropy(model.forward(x), tensor([0], { dtype: 'int32' })).item();
  return { loss, isNaN: Number.isNaN(loss) };
}

/** A lost device: what reads, old tensors and a new engine say and do. */
export async function lostDevice(): Promise<{ read: string; old: string; losses: number[] }> {
  const { step } = setUp();
  await step().item();
  const kept = tensor(new Float32Array(8192));
  const { engine } = await import('../../src/graph/engine.ts');
  const lost = engine().gpu.device;
  lost.destroy();
  await lost.lost;
  const read = await step()
    .item()
    .then(String, (error: Error) => error.message);
  await init({ restart: true });
  let old = 'no error';
  try {
    kept.add(1);
  } catch (error) {
    old = (error as Error).message;
  }
  const again = setUp();
  const losses: number[] = [];
  for (let count = 0; count < 30; count++) losses.push(await again.step().item());
  return { read, old, losses };
}

/** What `init` says where the browser has no WebGPU, and where it finds no adapter. */
export async function missingGpu(): Promise<{ noWebGpu: string; noAdapter: string }> {
  const message = (): Promise<string> =>
    init({ restart: true }).then(
      () => 'no error',
      (error: Error) => error.message,
    );
  const { gpu } = navigator;
  const put = (value: unknown): void => {
    Object.defineProperty(navigator, 'gpu', { value, configurable: true });
  };
  put(undefined);
  const noWebGpu = await message();
  put({ requestAdapter: () => Promise.resolve(null) });
  const noAdapter = await message();
  put(gpu);
  return { noWebGpu, noAdapter };
}
