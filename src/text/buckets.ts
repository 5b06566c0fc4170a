/**
 * Batches of examples of about the same length, so that little of them is padding.
 */
import { checkSeed, Random } from '../data/random.ts';
import type { BatchSampler } from '../data/loader.ts';

export interface BucketOptions {
  batchSize: number;
  /** Default 0. */
  seed?: number;
  /** Examples are sorted by length within so many batches at a time, and drawn at random beyond. Default 50. */
  pool?: number;
}

/**
 * For `new DataLoader(dataset, { batchSampler })`: each epoch draws an order, sorts runs of it by length, cuts them into
 * batches and gives these in an order that is drawn, too.
 */
export class LengthBuckets implements BatchSampler {
  readonly length: number;
  readonly examples: number;
  readonly batchSize: number;
  readonly seed: number;
  private readonly pool: number;
  private readonly lengths: ArrayLike<number>;

  constructor(lengths: ArrayLike<number>, { batchSize, seed = 0, pool = 50 }: BucketOptions) {
    checkSeed('LengthBuckets', seed);
    for (const [name, value] of Object.entries({ batchSize, pool, 'the number of lengths': lengths.length }))
      if (!Number.isInteger(value) || value < 1)
        throw new Error(`LengthBuckets: ${name} must be a whole number from 1, got ${value}.`);
    this.lengths = lengths;
    this.examples = lengths.length;
    this.batchSize = batchSize;
    this.seed = seed;
    this.pool = pool;
    this.length = Math.ceil(lengths.length / batchSize);
  }

  batches(epoch: number): Int32Array[] {
    const random = new Random(this.seed, epoch);
    const order = random.permutation(this.examples);
    const run = this.batchSize * this.pool;
    for (let from = 0; from < order.length; from += run)
      order.subarray(from, from + run).sort((a, b) => this.lengths[a]! - this.lengths[b]!);
    const batches = Array.from({ length: this.length }, (_, at) =>
      order.slice(at * this.batchSize, (at + 1) * this.batchSize),
    );
    return Array.from(random.permutation(this.length), (at) => batches[at]!);
  }
}
