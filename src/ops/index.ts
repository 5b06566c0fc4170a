/**
 * The ops that are public.
 */
export { relu, sigmoid, tanh } from './activation.ts';
export {
  abs,
  add,
  div,
  eq,
  exp,
  ge,
  gt,
  le,
  log,
  lt,
  mul,
  ne,
  neg,
  pow,
  sqrt,
  square,
  sub,
  where,
} from './arithmetic.ts';
export { clone, to } from './copy.ts';
export { arange, full, ones, tensor, zeros, type TensorData, type TensorOptions } from './create.ts';
export { concat, indexSelect } from './gather.ts';
export { linear } from './linear.ts';
export { crossEntropy, mseLoss } from './loss.ts';
export { matmul } from './matmul.ts';
export {
  checkProbability,
  dropout,
  dropoutBy,
  getGeneratorState,
  manualSeed,
  rand,
  randn,
  setGeneratorState,
} from './random.ts';
export { argmax, max, mean, sum } from './reduce.ts';
export { oneHot } from './diagonal.ts';
export { pad } from './pad.ts';
export { searchsorted } from './scatter.ts';
export { meshgrid, stack } from './shaping.ts';
export { logSoftmax, softmax } from './softmax.ts';
export * from './structure.ts';
export { normalize } from './statistics.ts';
export { detach, expand, flatten, permute, reshape, slice, squeeze, transpose, unsqueeze } from './views.ts';
