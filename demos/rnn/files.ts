/** What the lab reads from files: MRPC, a text to write like, and unlabelled text to pre-train on. */

export interface PairFiles {
  /** `msr_paraphrase_train.txt` and `msr_paraphrase_test.txt`. */
  readonly train: Uint8Array;
  readonly test: Uint8Array;
  /** Texts, one paragraph a line. */
  readonly corpus?: readonly Uint8Array[];
}

export interface TextFiles {
  readonly text: Uint8Array;
}

export type RnnFiles = PairFiles | TextFiles;
