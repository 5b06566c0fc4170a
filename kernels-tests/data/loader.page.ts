/** What loader.test.ts does in the browser: datasets and loaders on a real device, results as plain data. */
import { data, F, init, memory, synchronize, tensor, type Tensor } from '../../src/index.ts';

type Plain = { shape: number[]; dtype: string; values: number[] };

async function plain(value: Tensor): Promise<Plain> {
  return { shape: [...value.shape], dtype: value.dtype, values: Array.from(await value.data()) };
}

/** Rows [k, k + 0.25] with label k. */
function counted(n: number): data.TensorDataset<readonly [Tensor, Tensor]> {
  const rows = tensor(
    Float32Array.from({ length: 2 * n }, (_, i) => Math.floor(i / 2) + (i % 2) / 4),
    { shape: [n, 2] },
  );
  return new data.TensorDataset(rows, tensor(Int32Array.from({ length: n }, (_, i) => i)));
}

async function labelsOf(loader: data.DataLoader<readonly [Tensor, Tensor]>): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const [, y] of loader) batches.push((await plain(y)).values);
  return batches;
}

export async function batches(n: number, options: data.DataLoaderOptions): Promise<Plain[][]> {
  await init();
  const found: Plain[][] = [];
  for await (const [x, y] of new data.DataLoader(counted(n), options)) found.push([await plain(x), await plain(y)]);
  return found;
}

export async function epochs(n: number, options: data.DataLoaderOptions, count: number): Promise<number[][][]> {
  await init();
  const loader = new data.DataLoader(counted(n), options);
  const found: number[][][] = [];
  for (let epoch = 0; epoch < count; epoch++) found.push(await labelsOf(loader));
  return found;
}

export async function resumed(n: number, options: data.DataLoaderOptions, epoch: number): Promise<number[][]> {
  await init();
  const loader = new data.DataLoader(counted(n), options);
  loader.setEpoch(epoch);
  return labelsOf(loader);
}

/** Labels of the batches after `stop`, as a loader made anew gives them from the state of one that was left there. */
export async function resumedAt(
  n: number,
  options: data.DataLoaderOptions,
  stop: number,
): Promise<{ epoch: number; rest: number[][] }> {
  await init();
  const loader = new data.DataLoader(counted(n), options);
  let left = stop;
  for await (const _ of loader) if (--left === 0) break;
  const other = new data.DataLoader(counted(n), options);
  other.loadStateDict(JSON.parse(JSON.stringify(loader.stateDict())) as data.DataLoaderState);
  const { epoch } = other;
  return { epoch, rest: await labelsOf(other) };
}

export async function split(n: number, parts: number[], seed: number): Promise<number[][]> {
  await init();
  const subsets: readonly data.Subset<readonly [Tensor, Tensor]>[] = data.randomSplit(counted(n), parts, { seed });
  return Promise.all(
    subsets.map(async (subset) => (await labelsOf(new data.DataLoader(subset, { batchSize: n }))).flat()),
  );
}

export async function example(n: number, index: number): Promise<Plain[]> {
  await init();
  return Promise.all(counted(n).get(index).map(plain));
}

export async function fromArrays(): Promise<Plain[]> {
  await init();
  const set = new data.TensorDataset(
    { data: Float32Array.of(1, 2, 3, 4), shape: [2, 1, 2] },
    Uint8Array.of(7, 8),
    Int32Array.of(-1, -2),
  );
  return Promise.all(set.tensors.map(plain));
}

/** A dataset on the host, with or without delay, that counts what was asked of it. */
export async function hosted(
  n: number,
  options: data.DataLoaderOptions,
  stopAfter: number,
): Promise<{ batches: Plain[][]; asked: number[] }> {
  await init();
  const asked: number[] = [];
  const set = {
    length: n,
    async get(index: number) {
      asked.push(index);
      await Promise.resolve();
      return [{ data: Uint8Array.of(index, 1, 2, 3), shape: [2, 2] }, Float32Array.of(index / 2), index] as const;
    },
  };
  const found: Plain[][] = [];
  for await (const batch of new data.DataLoader(set, options)) {
    found.push(await Promise.all(batch.map(plain)));
    if (found.length === stopAfter) break;
  }
  return { batches: found, asked };
}

export async function padded(): Promise<Plain[]> {
  await init();
  const set: data.Dataset<readonly [Int32Array]> = {
    length: 3,
    get: (index) => [Int32Array.from({ length: index + 1 }, () => index + 1)],
    collate: (examples) => {
      const width = Math.max(...examples.map(([row]) => row.length));
      const rows = new Int32Array(examples.length * width);
      examples.forEach(([row], i) => rows.set(row, i * width));
      return [{ data: rows, shape: [examples.length, width] }];
    },
  };
  const found: Plain[] = [];
  for await (const [rows] of new data.DataLoader(set, { batchSize: 3 })) found.push(await plain(rows));
  return found;
}

/** Batches before the failing example are delivered; its own error arrives in its place. */
export async function failing(at: number): Promise<{ delivered: number; message: string }> {
  await init();
  let delivered = 0;
  const get = (index: number): Promise<readonly [number]> =>
    index === at ? Promise.reject(new Error(`picture ${index} is broken`)) : Promise.resolve([index]);
  try {
    for await (const _ of new data.DataLoader({ length: 8, get }, { batchSize: 2 })) delivered++;
  } catch (error) {
    return { delivered, message: (error as Error).message };
  }
  return { delivered, message: '' };
}

/** What the loss says of label 3 of two classes, in a dataset on the GPU and in one on the host. */
export async function labelsOutOfRange(): Promise<string[]> {
  await init();
  const resident = new data.TensorDataset(new Float32Array(8), Int32Array.of(0, 1, 0, 1, 0, 1, 0, 3));
  const hosted = { length: 8, get: (index: number) => [new Float32Array(1), index === 7 ? 3 : 0] as const };
  const messages: string[] = [];
  for (const set of [resident, hosted]) {
    try {
      const loader = new data.DataLoader<readonly [data.Field, data.Field]>(set, { batchSize: 8 });
      for await (const [, y] of loader) F.crossEntropy(tensor(new Float32Array(16), { shape: [8, 2] }), y);
    } catch (error) {
      messages.push((error as Error).message);
    }
  }
  return messages;
}

/** GPU memory after some epochs whose batches are summed and never disposed. */
export async function memoryAfter(epochs: number[]): Promise<{ buffers: number; bytes: number }[]> {
  await init();
  const loader = new data.DataLoader(counted(500), { batchSize: 10, shuffle: true });
  const found: { buffers: number; bytes: number }[] = [];
  for (let epoch = 1; epoch <= Math.max(...epochs); epoch++) {
    let total: Tensor | null = null;
    for await (const [x] of loader) total = x.sum();
    await total?.item();
    await synchronize();
    if (epochs.includes(epoch)) found.push(memory());
  }
  return found;
}

export async function failure(what: string): Promise<string> {
  await init();
  const set = counted(10);
  const attempts: Record<string, () => unknown> = {
    'no parts': () => new data.TensorDataset(...([] as unknown as [Tensor])),
    'a scalar': () => new data.TensorDataset(tensor(3)),
    'a number': () => new data.TensorDataset(3),
    'unequal rows': () => new data.TensorDataset(tensor(new Float32Array(6), { shape: [3, 2] }), Int32Array.of(1, 2)),
    'an index too large': () => set.get(10),
    'a fraction as index': () => set.get(0.5),
    'a subset beyond the end': () => new data.Subset(set, [0, 10]),
    'batchSize 0': () => new data.DataLoader(set, { batchSize: 0 }),
    'batchSize -4': () => new data.DataLoader(set, { batchSize: -4 }),
    'batchSize 2.5': () => new data.DataLoader(set, { batchSize: 2.5 }),
    'prefetch -1': () => new data.DataLoader(set, { prefetch: -1 }),
    'seed 0.5': () => new data.DataLoader(set, { seed: 0.5 }),
    'epoch -1': () => new data.DataLoader(set).setEpoch(-1),
    'an empty dataset': () => new data.DataLoader({ length: 0, get: () => [0] }),
    'a state of another seed': () =>
      new data.DataLoader(set, { seed: 2 }).loadStateDict(new data.DataLoader(set).stateDict()),
    'a state of half a batch': () =>
      new data.DataLoader(set).loadStateDict({ ...new data.DataLoader(set).stateDict(), batch: 0.5 }),
    'dropLast of all': () => new data.DataLoader(set, { batchSize: 11, dropLast: true }),
    'lengths of another sum': () => data.randomSplit(set, [3, 3]),
    'fractions of another sum': () => data.randomSplit(set, [0.5, 0.4]),
    'an empty part': () => data.randomSplit(set, [10, 0]),
    'a negative part': () => data.randomSplit(set, [11, -1]),
  };
  try {
    attempts[what]?.();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

interface File {
  images: number[];
  labels: number[];
}

export async function readMnist(file: File, options: data.MnistOptions): Promise<Plain[] | string> {
  await init();
  try {
    const files = { images: Uint8Array.from(file.images), labels: new Blob([Uint8Array.from(file.labels)]) };
    return await Promise.all((await data.mnist(files, options)).tensors.map(plain));
  } catch (error) {
    return (error as Error).message;
  }
}
