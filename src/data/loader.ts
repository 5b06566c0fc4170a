/**
 * `DataLoader`: the batches of a dataset, in an order that a seed decides, at the pace of the GPU.
 *
 * It keeps a few batches ready ahead of the loop and waits while several steps are in flight, so that a loop which
 * never reads a result still holds bounded memory. How a batch is made is the dataset's business.
 */
import { throttle } from '../graph/index.ts';
import { prepareBatch, type Batch, type Dataset, type Example, type PreparedBatch } from './dataset.ts';
import { checkSeed, Random } from './random.ts';

export interface DataLoaderOptions {
  /** Examples a batch; the last may be smaller. Default 1. */
  batchSize?: number;
  /** Draw a new order for each epoch. Default false: in the order of the dataset. */
  shuffle?: boolean;
  /** What the orders depend on, beside the epoch. Default 0. */
  seed?: number;
  /** Leave out a last batch that is smaller than the others. */
  dropLast?: boolean;
  /** Batches kept ready on the host ahead of the loop. Default 2. */
  prefetch?: number;
  /** Decides what goes into each batch, in the place of batchSize, shuffle, seed and dropLast. */
  batchSampler?: BatchSampler;
}

/** Which examples go into the batches of an epoch; the same epoch gives the same ones. */
export interface BatchSampler {
  /** Batches an epoch. */
  readonly length: number;
  /** How many examples it draws from; the dataset must have as many. */
  readonly examples: number;
  readonly batchSize: number;
  readonly seed: number;
  batches(epoch: number): readonly Int32Array[];
}

/** Where a loader is, and what its order depends on. */
export interface DataLoaderState {
  readonly examples: number;
  readonly batchSize: number;
  readonly batches: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly epoch: number;
  /** The next batch of that epoch. */
  readonly batch: number;
}

/**
 * An async iterable of batches; each iteration is one epoch. The same seed and epoch give the same batches.
 *
 * @example for await (const [x, y] of new DataLoader(dataset, { batchSize: 64, shuffle: true })) step(x, y);
 */
export class DataLoader<E extends Example> implements AsyncIterable<Batch<E>> {
  readonly dataset: Dataset<E>;
  readonly batchSize: number;
  /** Batches an epoch. */
  readonly length: number;
  private readonly shuffle: boolean;
  private readonly seed: number;
  private readonly prefetch: number;
  private readonly sampler: BatchSampler | null;
  private nextEpoch = 0;
  /** The batch that the next iteration starts at. */
  private resume = 0;
  /** Where the last iteration is, or the next one starts. */
  private position = { epoch: 0, batch: 0 };

  constructor(dataset: Dataset<E>, options: DataLoaderOptions = {}) {
    const { batchSampler: sampler = null, shuffle = sampler !== null, dropLast = false, prefetch = 2 } = options;
    const { batchSize = 1, seed = 0 } = sampler ?? options;
    checkCount('batchSize', batchSize, 1);
    checkCount('prefetch', prefetch, 0);
    checkSeed('DataLoader', seed);
    if (dataset.length < 1) throw new Error('DataLoader: the dataset is empty. Give it at least one example.');
    if (dropLast && batchSize > dataset.length) {
      throw new Error(
        `DataLoader: dropLast leaves no batch. batchSize is ${batchSize} and the dataset has ${dataset.length} ` +
          'examples. Use a smaller batchSize, or dropLast: false.',
      );
    }
    if (sampler && sampler.examples !== dataset.length)
      throw new Error(
        `DataLoader: batchSampler draws from ${sampler.examples} examples and the dataset has ${dataset.length}. Make it of the lengths of that dataset.`,
      );
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.sampler = sampler;
    const batches = dataset.length / batchSize;
    this.length = sampler?.length ?? (dropLast ? Math.floor(batches) : Math.ceil(batches));
    this.shuffle = shuffle;
    this.seed = seed;
    this.prefetch = prefetch;
  }

  /** The epoch that the next iteration will be, counted from 0. */
  get epoch(): number {
    return this.nextEpoch;
  }

  /** Sets the epoch of the next iteration, e.g. to resume training with the orders it would have had. */
  setEpoch(epoch: number): void {
    checkCount('epoch', epoch, 0);
    this.nextEpoch = epoch;
    this.resume = 0;
    this.position = { epoch, batch: 0 };
  }

  /** Order and position: the batches that a loop has been given count, those made ready for it do not. */
  stateDict(): DataLoaderState {
    const { epoch, batch } = this.position;
    const over = batch >= this.length;
    return { ...this.identity(), epoch: over ? epoch + 1 : epoch, batch: over ? 0 : batch };
  }

  /**
   * Has the next iteration give the batches that were still to come when the state was taken.
   *
   * @throws Error where the loader is another one; then nothing has changed.
   */
  loadStateDict(state: DataLoaderState): void {
    const { epoch, batch } = state;
    for (const [name, here] of Object.entries(this.identity())) {
      const there = state[name as keyof DataLoaderState];
      if (there !== here)
        throw new Error(
          `DataLoader: loadStateDict: ${name} was ${there} and is ${here} here. Make the loader as it was, or use setEpoch.`,
        );
    }
    checkCount('epoch', epoch, 0);
    checkCount('batch', batch, 0);
    this.nextEpoch = epoch;
    this.resume = batch;
    this.position = { epoch, batch };
  }

  private identity(): Omit<DataLoaderState, 'epoch' | 'batch'> {
    const { batchSize, shuffle, seed, length } = this;
    return { examples: this.dataset.length, batchSize, batches: length, shuffle, seed };
  }

  [Symbol.asyncIterator](): AsyncGenerator<Batch<E>, void, undefined> {
    const epoch = this.nextEpoch++;
    // A state that was loaded names the batch to start at; a loop that was left does not.
    const { resume } = this;
    this.resume = 0;
    this.position = { epoch, batch: resume };
    return this.batches(this.sampler?.batches(epoch) ?? this.cut(epoch), this.position);
  }

  /** The dataset's order or one that is drawn, cut into batches. */
  private cut(epoch: number): Int32Array[] {
    const count = this.dataset.length;
    const order = this.shuffle
      ? new Random(this.seed, epoch).permutation(count)
      : Int32Array.from({ length: count }, (_, index) => index);
    return Array.from({ length: this.length }, (_, at) => order.slice(at * this.batchSize, (at + 1) * this.batchSize));
  }

  private async *batches(
    parts: readonly Int32Array[],
    position: { batch: number },
  ): AsyncGenerator<Batch<E>, void, undefined> {
    const ready: Promise<PreparedBatch<E>>[] = [];
    for (let turn = position.batch, started = turn; turn < this.length; turn++) {
      for (; started < this.length && started <= turn + this.prefetch; started++) {
        const batch = prepareBatch(this.dataset, parts[started]!);
        // A loop that stops early never awaits this; one that goes on gets the error at its turn.
        batch.catch(() => undefined);
        ready.push(batch);
      }
      const make = await ready.shift();
      await throttle();
      position.batch = turn + 1;
      if (make) yield make();
    }
  }
}

function checkCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new Error(`DataLoader: ${name} must be a whole number of at least ${least}, got ${value}.`);
}
