/** What the lab reads from files: MRPC, a text to write like, and unlabelled text to pre-train on. */

/** Texts to pre-train on, a paragraph or a sentence a line; UTF-8 or Latin-1. */
export interface CorpusFiles {
  readonly corpus?: readonly Uint8Array[];
}

export interface PairFiles extends CorpusFiles {
  /** `msr_paraphrase_train.txt` and `msr_paraphrase_test.txt`. */
  readonly train: Uint8Array;
  readonly test: Uint8Array;
}

export interface TextFiles {
  readonly text: Uint8Array;
}

export type RnnFiles = PairFiles | CorpusFiles | TextFiles;
