/** `text`: vocabularies, tokenizers, and sequences as batches. Re-exports only. */
export { LengthBuckets, type BucketOptions } from './buckets.ts';
export { beamSearch, type Beam, type BeamOptions } from './beam-search.ts';
export { maskTokens, type MaskedText, type MaskOptions } from './masking.ts';
export {
  joinPair,
  joinPairs,
  pad,
  padPairs,
  type IdField,
  type Ids,
  type JoinedPair,
  type JoinOptions,
  type PadOptions,
} from './pairs.ts';
export { sampleNext, type SampleOptions } from './sampling.ts';
export { SequenceDataset, type SequenceOptions } from './sequences.ts';
export { characters, jaccard, words } from './tokenize.ts';
export { Vocabulary, type BuildOptions, type VocabularyJson, type VocabularyOptions } from './vocabulary.ts';
export { WordPiece, type WordPieceOptions } from './word-piece.ts';
