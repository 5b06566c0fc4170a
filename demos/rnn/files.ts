/** What the lab reads from files: MRPC, a text to write like, unlabelled text to pre-train on, and an encoder. */
import type { Encoder } from './encoder.ts';

/** What only a BERT reads before it sees pairs. */
export interface BertFiles {
  /** Texts to pre-train on, a paragraph or a sentence a line; UTF-8 or Latin-1. */
  readonly corpus?: readonly Uint8Array[];
  readonly encoder?: Encoder | null;
}

export interface PairFiles extends BertFiles {
  /** `msr_paraphrase_train.txt` and `msr_paraphrase_test.txt`. */
  readonly train: Uint8Array;
  readonly test: Uint8Array;
}

export interface TextFiles {
  readonly text: Uint8Array;
}

export type RnnFiles = PairFiles | BertFiles | TextFiles;
