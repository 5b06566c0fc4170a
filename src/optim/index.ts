/**
 * Optimisers, with PyTorch's names.
 */
export { Adagrad, type AdagradOptions } from './adagrad.ts';
export { Adam, AdamW, type AdamOptions } from './adam.ts';
export { clipGradNorm, clipGradValue } from './clip.ts';
export { lrRangeTest, type RangeTest, type RangeTestOptions } from './lr-range-test.ts';
export * as lrScheduler from './lr-scheduler/index.ts';
export { Optimizer } from './optimizer.ts';
export type { ParamGroup, PerMember } from './param-groups.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { SGD, type SGDOptions } from './sgd.ts';
export type { OptimizerState } from './state.ts';
