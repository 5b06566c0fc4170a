/**
 * Modules, with PyTorch's names.
 */
export {
  CrossEntropyLoss,
  Dropout,
  Flatten,
  Linear,
  MSELoss,
  ReLU,
  Sequential,
  Sigmoid,
  Softmax,
  Tanh,
} from './layers.ts';
export { Module, type AnyModule, type Layer } from './module.ts';
export { Parameter } from './parameter.ts';
export type { StateDict, StateEntry } from './state-dict.ts';
export type { Summary, SummaryRow } from './summary.ts';
