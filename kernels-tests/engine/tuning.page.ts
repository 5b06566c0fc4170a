/** Choosing kernels by measurement, as plain data. */
import reduce from '../../shaders/reduce.wgsl';
import { defineOp } from '../../src/graph/define-op.ts';
import { engine } from '../../src/graph/engine.ts';
import { apply } from '../../src/graph/trace.ts';
import {
  compile,
  F,
  init,
  manualSeed,
  nn,
  optim,
  profile,
  randn,
  tensor,
  type Tensor,
  tune,
  tuningTable,
  type KernelChoice,
  type TuningOptions,
  type TuningTable,
} from '../../src/index.ts';
import { dispatch } from '../../src/ops/dispatch.ts';
import { check } from '../golden/check.ts';
import { cases } from '../golden/index.ts';

/** A step with products and convolutions, each with several kernels to choose from. */
function training(): () => { loss: ReturnType<typeof randn> } {
  manualSeed(1);
  const model = new nn.Sequential(
    new nn.Conv2d(2, 7, 3),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(7 * 36, 40),
    new nn.Tanh(),
    new nn.Linear(40, 4),
  );
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const x = randn([16, 2, 8, 8]);
  const y = tensor(Int32Array.from({ length: 16 }, (_, index) => index % 4));
  return compile(() => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return { loss };
  });
}

async function run(step: ReturnType<typeof training>, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let turn = 0; turn < steps; turn++) losses.push(await step().loss.item());
  return losses;
}

async function choicesOf(step: () => unknown): Promise<KernelChoice[]> {
  const { dispatches } = await profile(step);
  return dispatches.flatMap(({ choice }) => choice ?? []);
}

export interface Tuned {
  readonly before: KernelChoice[];
  readonly after: KernelChoice[];
  readonly table: TuningTable;
  readonly told: number;
  /** Losses of a training before and behind the fourth step, after which it was tuned, and of the same untuned. */
  readonly losses: readonly [before: number[], behind: number[]];
  readonly wanted: number[];
  /** Buffers that races made, and how many of them were left. */
  readonly buffers: readonly [made: number, left: number];
}

/** A training that is tuned half-way. */
export async function tuned(): Promise<Tuned> {
  await init({ restart: true, tuning: { table: null } });
  const wanted = await run(training(), 8);
  await init({ restart: true });
  await remember(null);
  await init({ restart: true });
  const step = training();
  const first = await run(step, 3);
  const before = await choicesOf(step);
  const live = new Set<GPUBuffer>();
  let made = 0;
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    if (descriptor.label?.startsWith('tuning ')) live.add(buffer);
    made = Math.max(made, live.size);
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    live.delete(this);
    return destroy.call(this);
  };
  let told = 0;
  const table = await tune({ onProgress: () => told++ });
  Object.assign(GPUDevice.prototype, { createBuffer });
  Object.assign(GPUBuffer.prototype, { destroy });
  const buffers = [made, live.size] as const;
  const losses = [first, await run(step, 4)] as const;
  return { before, after: await choicesOf(step), table, told, losses, wanted, buffers };
}

/** What a later visit chooses, given what it is told or what the browser remembers. */
export async function visited(tuning: TuningOptions | boolean): Promise<{ choices: KernelChoice[]; losses: number[] }> {
  await init({ restart: true, tuning });
  const step = training();
  const losses = await run(step, 2);
  return { choices: await choicesOf(step), losses };
}

/** What `init` says of such options. */
export async function refused(tuning: object): Promise<string> {
  return init({ restart: true, tuning }).then(
    () => '',
    (error: Error) => error.message,
  );
}

/** Classes of the step that nothing is known of. */
export function unknown(): number {
  return engine().tuner.unknown().length;
}

/** Replaces what this browser remembers. */
export async function remember(value: unknown): Promise<void> {
  const opening = indexedDB.open('wgrad-tuning', 1);
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(opening.error ?? new Error('IndexedDB')));
  });
  const writing = database.transaction('tables', 'readwrite').objectStore('tables').put(value, tuningTable().adapter);
  await new Promise((resolve) => writing.addEventListener('success', resolve));
  database.close();
}

/** What is measured while nothing is computed, and what the step chooses meanwhile. */
export async function idled(): Promise<{ known: number; choices: KernelChoice[] }> {
  await remember(null);
  await init({ restart: true, tuning: { idle: true } });
  const step = training();
  await run(step, 1);
  const until = performance.now() + 60_000;
  while (engine().tuner.unknown().length > 0 && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return { known: Object.keys(tuningTable().entries).length, choices: await choicesOf(step) };
}

/**
 * What is wrong with each kernel that a row of the golden table could run by, and with those that run while it compiles,
 * and what they are called.
 *
 * @param hardware as on a GPU
 */
export async function everyKernel(name: string, hardware = false): Promise<{ failures: string[]; kernels: string[] }> {
  const row = cases.find((row) => row.name === name);
  if (!row) throw new Error(`no row is called "${name}"`);
  const among = new Set<string>();
  const failures: string[] = [];
  const tried = new Set<string>();
  for (let wanted: string | undefined = ''; wanted !== undefined; wanted = [...among].find((one) => !tried.has(one))) {
    tried.add(wanted);
    for (const early of [false, true]) {
      const { device } = engine().gpu;
      await init({ restart: true, device, quickStart: false, debug: { sentinels: true, early, hardware } });
      const { choices } = engine().tuner;
      const name = wanted;
      choices.pick = (_, otherwise, names) => {
        names.forEach((one) => among.add(one));
        return { name: names.includes(name) ? name : otherwise, measured: true };
      };
      failures.push(...(await check(row)).map((failure) => `${wanted}${early ? ', early' : ''}: ${failure}`));
    }
  }
  return { failures, kernels: [...among] };
}

/** An op that has a kernel which computes something else, and one that leaves a part of its output alone. */
const sums = defineOp({
  name: 'sums_of_columns',
  inputs: ['x'],
  shape: ([x]) => [{ shape: [x!.shape[1]!], dtype: 'float32' }],
  lower({ inputs, input, output, choose }) {
    const [size, inner] = inputs[0]!.shape as [number, number];
    const by = (scale: number, columns: number) => () => [
      dispatch(reduce.sum_strided, {
        bind: { x: input(0), y: output(0) },
        params: { outer: 1, size, inner: columns, width: 64, scale },
        workgroups: [1, 1, 1],
      }),
    ];
    return choose('rule', {
      rule: by(1, inner),
      alike: by(1, inner),
      other: by(1.01, inner),
      partly: by(1, inner - 1),
    });
  },
});

/** The kernels of such an op that were timed. */
export async function honest(): Promise<string[]> {
  await init({ restart: true, tuning: { table: null } });
  await apply(sums, [given(300, 40)], {}).data();
  const [entry] = Object.values((await tune()).entries);
  return Object.keys(entry!.milliseconds);
}

export function hasQuads(): boolean {
  return engine().gpu.adapter.features.includes('subgroups');
}

function given(...shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(Float32Array.from({ length: count }, Math.random), { shape, requiresGrad: true });
}

/** Products [batch, m, k, n], forward and both gradients, and convolutions [images, channels, side, filters, kernel]. */
export async function tableOf(
  products: readonly (readonly [number, number, number, number])[],
  convolutions: readonly (readonly [number, number, number, number, number])[],
): Promise<TuningTable> {
  await init({ restart: true, tuning: { table: null } });
  for (const [batch, m, k, n] of products) {
    const [a, b] = [given(batch, m, k), given(batch, k, n)];
    a.matmul(b).sum().backward();
    await Promise.all([a.grad!.data(), b.grad!.data()]);
  }
  for (const [images, channels, side, filters, kernel] of convolutions) {
    const x = given(images, channels, side, side);
    const w = given(filters, channels, kernel, kernel);
    F.conv2d(x, w, null, { padding: kernel >> 1 })
      .sum()
      .backward();
    await Promise.all([x.grad!.data(), w.grad!.data()]);
  }
  return tune();
}
