/** What checkpoint.test.ts does in the browser: runs that are killed and go on, and checkpoints that do not fit. */
import { data, F, init, io, manualSeed, nn, optim, tensor, type Tensor } from '../../src/index.ts';

const EPOCHS = 3;

interface Run {
  model: nn.Sequential;
  optimizer: optim.Optimizer;
  scheduler: optim.lrScheduler.OneCycleLR;
  loader: data.DataLoader<readonly [Tensor, Tensor]>;
}

/** As a page makes it when it is opened; the seed is another one each time, but for the data. */
function make(kind: 'Adam' | 'SGD', seed: number, hidden = 9): Run {
  manualSeed(seed);
  const random = new data.Random(5);
  const x = Float32Array.from({ length: 33 * 4 }, () => random.normal());
  const set = new data.TensorDataset(
    tensor(x, { shape: [33, 4] }),
    tensor(Int32Array.from({ length: 33 }, () => random.integer(3))),
  );
  const model = new nn.Sequential(
    new nn.Linear(4, hidden),
    new nn.ReLU(),
    new nn.Dropout(0.3),
    new nn.Linear(hidden, 3),
  );
  const optimizer =
    kind === 'Adam'
      ? new optim.Adam(model.parameters(), { weightDecay: 0.01 })
      : new optim.SGD(model.parameters(), { momentum: 0.9, nesterov: true });
  const loader = new data.DataLoader(set, { batchSize: 4, shuffle: true, seed: 8 });
  const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, 0.05, { totalSteps: 30 });
  return { model, optimizer, scheduler, loader };
}

/** Trains to the end, or up to `until` steps; then the checkpoint is taken, inside of the loop. */
async function train(
  run: Run,
  from: number,
  until = Infinity,
): Promise<{ losses: number[]; saved: Uint8Array | null }> {
  const { model, optimizer, scheduler, loader } = run;
  const losses: number[] = [];
  let step = from;
  while (loader.stateDict().epoch < EPOCHS) {
    for await (const [x, y] of loader) {
      const loss = F.crossEntropy(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      scheduler.step();
      step++;
      losses.push(await loss.item());
      if (step === until)
        return {
          losses,
          saved: await io.saveCheckpoint({ ...run, step, extra: { losses, edges: [Infinity, -Infinity, NaN, -0] } }),
        };
    }
  }
  return { losses, saved: null };
}

async function bits(model: nn.Sequential): Promise<number[]> {
  const all = await Promise.all(Object.values(model.stateDict()).map((each) => each.data()));
  return all.flatMap((values) => [...new Int32Array(values.buffer)]);
}

/** A run to the end, and one that is killed at some steps and goes on each time in a model made anew. */
export async function killed(
  kind: 'Adam' | 'SGD',
  kills: number[],
): Promise<{ whole: number[][]; resumed: number[][] }> {
  await init();
  const run = make(kind, 1);
  const { losses } = await train(run, 0);
  const whole = [losses, await bits(run.model)];
  let current = make(kind, 1);
  let step = 0;
  const found: number[] = [];
  for (const kill of [...kills, Infinity]) {
    const part = await train(current, step, kill);
    found.push(...part.losses);
    if (!part.saved) break;
    current = make(kind, 1000 + kill);
    const fresh = await bits(current.model);
    const told = io.checkpointProgress(part.saved);
    if (String(await bits(current.model)) !== String(fresh)) throw new Error('asking has loaded it');
    const progress = io.loadCheckpoint(part.saved, current);
    const { losses, edges } = progress.extra as { losses: number[]; edges: number[] };
    const same = (list: number[], other: number[]): boolean => list.every((value, k) => Object.is(value, other[k]));
    if (!same(part.losses, losses) || !same([Infinity, -Infinity, NaN, -0], edges))
      throw new Error('extra has changed');
    if (JSON.stringify(told) !== JSON.stringify(progress)) throw new Error('what was told beforehand was not so');
    step = progress.step;
  }
  return { whole, resumed: [found, await bits(current.model)] };
}

/** A checkpoint taken while training goes on at once holds the state of its line. */
export async function whileTraining(): Promise<boolean> {
  await init();
  const run = make('Adam', 1);
  const before = await bits(run.model);
  const saving = io.saveCheckpoint(run);
  await train(run, 0, 3);
  const other = make('Adam', 2);
  io.loadCheckpoint(await saving, other);
  return JSON.stringify(await bits(other.model)) === JSON.stringify(before);
}

/** Rewrites the JSON of a checkpoint. */
function edited(bytes: Uint8Array, edit: (text: string) => string): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as {
    __metadata__: { checkpoint: string };
  };
  const { __metadata__: metadata } = header;
  metadata.checkpoint = edit(metadata.checkpoint);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + bytes.length - 8 - length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(bytes.subarray(8 + length), 8 + json.length);
  return file;
}

/** What a load that cannot be says, and whether all is as it was before. */
export async function misfit(what: string): Promise<{ message: string; unchanged: boolean }> {
  await init();
  const saved = (await train(make('Adam', 1), 0, 10)).saved!;
  const run = make(what === 'another optimiser' ? 'SGD' : 'Adam', 3, what === 'another model' ? 10 : 9);
  await train(run, 0, 2);
  const state = async (): Promise<string> =>
    JSON.stringify([await bits(run.model), run.scheduler.stateDict(), run.loader.stateDict(), run.optimizer.lr]);
  const before = await state();
  const { model, optimizer, scheduler } = run;
  const other = new data.DataLoader(run.loader.dataset, { batchSize: 5, shuffle: true, seed: 8 });
  const attempts: Record<string, () => unknown> = {
    'another model': () => io.loadCheckpoint(saved, run),
    'another optimiser': () => io.loadCheckpoint(saved, run),
    'another loader': () => io.loadCheckpoint(saved, { ...run, loader: other }),
    'a file cut short': () => io.loadCheckpoint(saved.subarray(0, saved.length - 9), run),
    'a file of nothing': () => io.loadCheckpoint(new Uint8Array(0), run),
    'a later format': () =>
      io.loadCheckpoint(
        edited(saved, (text) => text.replace('"format":1', '"format":2')),
        run,
      ),
    'metadata that is no JSON': () =>
      io.loadCheckpoint(
        edited(saved, (text) => text.slice(1)),
        run,
      ),
    'metadata without a generator': () =>
      io.loadCheckpoint(
        edited(saved, (text) => text.replace('"seed"', '"s"')),
        run,
      ),
    'optimiser steps that are no number': () =>
      io.loadCheckpoint(
        edited(saved, (text) => text.replace('"step":10}', '"step":1.5}')),
        run,
      ),
    'a part that is not given': () => io.loadCheckpoint(saved, { model, optimizer, scheduler }),
    'a part that was not saved': async () => io.loadCheckpoint(await io.saveCheckpoint({ model }), run),
    'weights alone': async () => io.loadCheckpoint(await io.saveSafetensors(model.stateDict()), run),
    'extra with a function': () => io.saveCheckpoint({ model, extra: { draw: () => 1 } }),
  };
  let message = 'no error';
  try {
    await attempts[what]!();
  } catch (error) {
    ({ message } = error as Error);
  }
  return { message, unchanged: (await state()) === before };
}

/** Saves, replaces, lists and deletes in the browser's storage. */
export async function stored(): Promise<unknown[]> {
  const store = io.browserStorage('test');
  const bytes = (value: number): Uint8Array => new Uint8Array(3).fill(value);
  const found: unknown[] = [await store.load('a.safetensors'), await store.delete('a.safetensors')];
  await store.save('a.safetensors', bytes(1));
  await store.save('b', bytes(2));
  await store.save('a.safetensors', bytes(3));
  found.push([...(await io.browserStorage('test').load('a.safetensors'))!]);
  found.push((await store.list()).map((file) => `${file.name} ${file.bytes}`));
  found.push([await store.delete('a.safetensors'), (await store.list()).map(({ name }) => name)]);
  return found;
}

/** Saves over a file, with writing that fails half-way, and tells what is said and what is there. */
export async function interrupted(name: string): Promise<{ message: string; left: number[]; files: string[] }> {
  const store = io.browserStorage('interrupted');
  await store.save('kept', Uint8Array.of(1, 2, 3));
  const { prototype } = FileSystemWritableFileStream;
  const close = Object.getOwnPropertyDescriptor(WritableStream.prototype, 'close')!;
  Object.defineProperty(prototype, 'close', {
    value: () => Promise.reject(new DOMException('half-way', name)),
    configurable: true,
  });
  const message = await store.save('kept', new Uint8Array(9)).then(
    () => 'no error',
    (error: Error) => error.message,
  );
  Reflect.deleteProperty(prototype, 'close');
  if (Object.getOwnPropertyDescriptor(WritableStream.prototype, 'close')!.value !== close.value)
    throw new Error('close');
  return { message, left: [...(await store.load('kept'))!], files: (await store.list()).map((file) => file.name) };
}

export async function refused(what: string): Promise<string> {
  const attempts: Record<string, () => unknown> = {
    'a name with a slash': () => io.browserStorage('a').save('../x', new Uint8Array(1)),
    'an empty name': () => io.browserStorage(''),
    'dots alone': () => io.browserStorage('a').load('..'),
    'a private window': () => {
      navigator.storage.getDirectory = () => Promise.reject(new DOMException('not here', 'SecurityError'));
      return io.browserStorage('a').save('x', new Uint8Array(1));
    },
  };
  try {
    await attempts[what]!();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}
