/**
 * Optimisers, with PyTorch's names.
 */
export { Adam, AdamW, type AdamOptions } from './adam.ts';
export { Optimizer } from './optimizer.ts';
export { SGD, type SGDOptions } from './sgd.ts';
