/** Devices that are lost, replaced or not there. Each test has a page of its own. */
import { adapter, compile, data, F, init, nn, ones, optim, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { engine } from '../../src/graph/index.ts';
import { trains } from './failures.ts';

const said = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
};

interface Training {
  model: nn.Sequential;
  optimizer: optim.Optimizer;
  step: () => Tensor;
}

function setUp(): Training {
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const x = tensor([0, 0, 0, 1, 1, 0, 1, 1], { shape: [4, 2] });
  const y = tensor([0, 1, 1, 0], { dtype: 'int32' });
  const step = (): Tensor => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, optimizer, step };
}

/** Takes the device away, as a driver that crashes does. */
async function lose(): Promise<void> {
  const { device } = engine().gpu;
  device.destroy();
  await device.lost;
}

/** What is said while there is no device, by what the user does. */
export async function whileLost(): Promise<Record<string, string>> {
  await init();
  const { model, step } = setUp();
  const loss = step();
  await loss.item();
  const unread = step();
  const compiled = compile((x: Tensor) => model.forward(x));
  compiled(ones([1, 2]));
  const loader = new data.DataLoader(new data.TensorDataset(new Float32Array(64), new Int32Array(64)), {
    batchSize: 8,
  });
  await lose();
  return {
    read: await said(() => unread.item()),
    'read of a parameter': await said(() => model.parameters()[0]!.data()),
    step: await said(() => step().item()),
    compiled: await said(() => compiled(ones([1, 2])).data()),
    tensor: await said(() => tensor(new Float32Array(8192)).sum().item()),
    synchronize: await said(() => synchronize()),
    loader: await said(async () => {
      for await (const [x] of loader) await x.data();
    }),
  };
}

/** Values of the old device, used once there is a new one; and whether that one trains. */
export async function afterRestart(): Promise<{ messages: Record<string, string>; trains: boolean; losses: number[] }> {
  await init();
  const { model, optimizer, step } = setUp();
  const kept = step();
  await kept.item();
  const large = tensor(new Float32Array(8192));
  const lazy = large.add(1);
  const view = large.reshape([64, 128]);
  const compiled = compile((x: Tensor) => model.forward(x));
  compiled(ones([1, 2]));
  await lose();
  await init({ restart: true });
  const messages = {
    parameter: await said(() => model.forward(ones([1, 2])).data()),
    data: await said(() => large.data()),
    lazy: await said(() => lazy.data()),
    view: await said(() => view.add(1)),
    loss: await said(() => kept.item()),
    'op of a loss': await said(() => kept.add(1).item()),
    step: await said(() => step().item()),
    optimizer: await said(() => optimizer.step()),
    'another optimizer': await said(() => new optim.SGD(model.parameters())),
    compiled: await said(() => compiled(ones([1, 2])).data()),
    'loadStateDict into it': await said(() => model.loadStateDict(setUp().model.stateDict())),
  };
  const again = setUp();
  const losses: number[] = [];
  for (let count = 0; count < 30; count++) losses.push(await again.step().item());
  return { messages, trains: await trains(), losses };
}

/** A model goes over to a new device through the host. */
export async function carriedOver(): Promise<{ before: number[]; after: number[] }> {
  await init();
  const first = setUp();
  for (let count = 0; count < 5; count++) first.step();
  const state: Record<string, { shape: number[]; data: Float32Array }> = {};
  for (const [key, value] of Object.entries(first.model.stateDict()))
    state[key] = { shape: [...value.shape], data: (await value.data()) as Float32Array };
  const x = tensor([0.5, -1], { shape: [1, 2] });
  const before = Array.from(await first.model.forward(x).data());
  await init({ restart: true });
  const second = setUp();
  second.model.loadStateDict(state);
  const after = await second.model.forward(tensor([0.5, -1], { shape: [1, 2] })).data();
  return { before, after: Array.from(after) };
}

/** What `init` says without WebGPU and without an adapter; then it is called again where there is one. */
export async function missing(): Promise<{ noWebGpu: string; noAdapter: string; noDevice: string; later: boolean }> {
  const { gpu } = navigator;
  const put = (value: unknown): void => {
    Object.defineProperty(navigator, 'gpu', { value, configurable: true });
  };
  put(undefined);
  const noWebGpu = await said(() => init());
  put({ requestAdapter: () => Promise.resolve(null) });
  const noAdapter = await said(() => init());
  const refused = {
    limits: {},
    features: new Set(),
    info: {},
    requestDevice: () => Promise.reject(new Error('out of devices')),
  };
  put({ requestAdapter: () => Promise.resolve(refused) });
  const noDevice = await said(() => init());
  put(gpu);
  await init();
  return { noWebGpu, noAdapter, noDevice, later: await trains() };
}

/** A failed restart leaves the engine that works. */
export async function failedRestart(): Promise<{ message: string; loss: boolean; trains: boolean }> {
  await init();
  const { step } = setUp();
  const loss = step();
  const { gpu } = navigator;
  Object.defineProperty(navigator, 'gpu', { value: undefined, configurable: true });
  const message = await said(() => init({ restart: true }));
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  step();
  return { message, loss: Number.isFinite(await loss.item()), trains: await trains() };
}

/** One adapter however often and however fast `init` is called; and a device made elsewhere. */
export async function starts(): Promise<{ same: boolean; named: boolean; given: boolean }> {
  const [a, b] = await Promise.all([init(), init()]);
  const c = await init();
  const named = adapter() === a && a.name !== '';
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  await init({ device, restart: true });
  return { same: a === b && b === c, named, given: engine().gpu.device === device && (await trains()) };
}

/** A loss that turns NaN reads as NaN. */
export async function nanLoss(): Promise<string> {
  await init();
  const { model } = setUp();
  const x = tensor([Number.NaN, 1], { shape: [1, 2] });
  return String(await F.crossEntropy(model.forward(x), tensor([0], { dtype: 'int32' })).item());
}
