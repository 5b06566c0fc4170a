/**
 * wgrad: deep learning on WebGPU, with hand-written kernels. The public surface; re-exports only.
 */
import './ops/methods.ts';

export * as data from './data/index.ts';
export type { AdapterSummary } from './gpu/adapter.ts';
export {
  adapter,
  compile,
  counters,
  gpuTime,
  init,
  memory,
  noGrad,
  synchronize,
  Tensor,
  type DType,
  type InitOptions,
  type Nested,
  type Shape,
} from './graph/index.ts';
export * as io from './io/index.ts';
export * as metrics from './metrics/index.ts';
export * as F from './nn/functional.ts';
export * as nn from './nn/index.ts';
export {
  arange,
  concat,
  full,
  getGeneratorState,
  manualSeed,
  matmul,
  ones,
  rand,
  randn,
  setGeneratorState,
  tensor,
  where,
  zeros,
  type TensorData,
  type TensorOptions,
} from './ops/index.ts';
export * as optim from './optim/index.ts';
