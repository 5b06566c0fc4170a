/**
 * `metrics`: how good predictions are, computed on the GPU, with torchmetrics' names, but for `binaryScores`, which the
 * host computes. Re-exports only.
 */
export { binaryScores, type BinaryScores } from './binary-scores.ts';
export { accuracy, confusionMatrix } from './classification.ts';
export { Confusion } from './confusion.ts';
export { f1Score, matthewsCorrcoef, precision, recall, type Average, type ScoreOptions } from './scores.ts';
