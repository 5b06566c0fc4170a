/** `metrics`: how good predictions are, computed on the GPU, with torchmetrics' names. Re-exports only. */
export { accuracy, confusionMatrix } from './classification.ts';
export { Confusion } from './confusion.ts';
export { f1Score, matthewsCorrcoef, precision, recall, type Average, type ScoreOptions } from './scores.ts';
