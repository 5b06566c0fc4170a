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
  private nextEpoch = 0;

  constructor(dataset: Dataset<E>, options: DataLoaderOptions = {}) {
    const { batchSize = 1, shuffle = false, seed = 0, dropLast = false, prefetch = 2 } = options;
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
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.length = dropLast ? Math.floor(dataset.length / batchSize) : Math.ceil(dataset.length / batchSize);
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
  }

  [Symbol.asyncIterator](): AsyncGenerator<Batch<E>, void, undefined> {
    const epoch = this.nextEpoch++;
    const count = this.dataset.length;
    const order = this.shuffle
      ? new Random(this.seed, epoch).permutation(count)
      : Int32Array.from({ length: count }, (_, index) => index);
    return this.batches(order);
  }

  private async *batches(order: Int32Array): AsyncGenerator<Batch<E>, void, undefined> {
    const ready: Promise<PreparedBatch<E>>[] = [];
    for (let turn = 0, started = 0; turn < this.length; turn++) {
      for (; started < this.length && started <= turn + this.prefetch; started++) {
        const from = started * this.batchSize;
        const batch = prepareBatch(this.dataset, order.slice(from, from + this.batchSize));
        // A loop that stops early never awaits this; one that goes on gets the error at its turn.
        batch.catch(() => undefined);
        ready.push(batch);
      }
      const make = await ready.shift();
      await throttle();
      if (make) yield make();
    }
  }
}

function checkCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new Error(`DataLoader: ${name} must be a whole number of at least ${least}, got ${value}.`);
}
