/** `text`: vocabularies, tokenizers, and sequences as batches. Re-exports only. */
export { LengthBuckets, type BucketOptions } from './buckets.ts';
export { beamSearch, type Beam, type BeamOptions } from './beam-search.ts';
export { maskTokens, type MaskedText, type MaskOptions } from './masking.ts';
export { pad, type IdField, type Ids, type PadOptions } from './padding.ts';
export { joinPair, joinPairs, padPairs, type JoinedPair, type JoinOptions } from './pairs.ts';
export { sampleNext, type SampleOptions } from './sampling.ts';
export { SequenceDataset, type SequenceOptions } from './sequences.ts';
export { characters, jaccard, words } from './tokenize.ts';
export { Vocabulary, type BuildOptions, type VocabularyJson, type VocabularyOptions } from './vocabulary.ts';
export { BERT_SPECIALS, WordPiece, type WordPieceOptions } from './word-piece.ts';
