/**
 * Labelled sequences of many lengths as a dataset whose batches are padded to their own longest.
 */
import type { HostField } from '../data/collate.ts';
import type { Dataset } from '../data/dataset.ts';
import { pad, type Ids } from './padding.ts';

export interface SequenceOptions {
  /** Longer sequences lose their end. Default: none does. */
  maxLength?: number;
  /** Batches are padded to a multiple of this, so that steps of few different shapes are planned. Default 8. */
  multiple?: number;
  /** Default 0. */
  padding?: number;
}

/** Batches [ids int32 [batch, length], labels int32 [batch]]; with `LengthBuckets` little of them is padding. */
export class SequenceDataset implements Dataset<[Int32Array, number]> {
  readonly length: number;
  /** Of each sequence, for `LengthBuckets`. */
  readonly lengths: Int32Array;
  private readonly sequences: readonly Ids[];
  private readonly labels: ArrayLike<number>;
  private readonly options: Required<SequenceOptions>;

  /** @throws Error where there is not a label for each sequence, or a size is none. */
  constructor(
    sequences: readonly Ids[],
    labels: ArrayLike<number>,
    { maxLength = Infinity, multiple = 8, padding = 0 }: SequenceOptions = {},
  ) {
    if (sequences.length !== labels.length)
      throw new Error(
        `SequenceDataset: ${sequences.length} sequences and ${labels.length} labels. Give one an example.`,
      );
    if (!(maxLength >= 1) || !Number.isInteger(multiple) || multiple < 1)
      throw new Error(`SequenceDataset: maxLength ${maxLength} and multiple ${multiple} must be whole numbers from 1.`);
    this.sequences = sequences;
    this.labels = labels;
    this.options = { maxLength, multiple, padding };
    this.length = sequences.length;
    this.lengths = Int32Array.from(sequences, (sequence) => Math.min(maxLength, sequence.length));
  }

  get(index: number): [Int32Array, number] {
    return [Int32Array.from(this.sequences[index]!).subarray(0, this.lengths[index]), this.labels[index]!];
  }

  collate(examples: readonly [Int32Array, number][]): [HostField, HostField] {
    const { maxLength, multiple, padding } = this.options;
    const longest = examples.reduce((most, [{ length }]) => Math.max(most, length), 0);
    const length = Math.min(maxLength, Math.ceil(longest / multiple) * multiple);
    const ids = pad(
      examples.map(([sequence]) => sequence),
      { length, padding },
    );
    return [ids, { data: Int32Array.from(examples, ([, label]) => label), shape: [examples.length] }];
  }
}
