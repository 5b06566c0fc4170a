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
export { stage, type StateDict, type StateEntry } from './state-dict.ts';
export type { Summary, SummaryRow } from './summary.ts';
