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
export * as F from './nn/functional.ts';
export * as nn from './nn/index.ts';
export {
  add,
  addcdiv,
  addcmul,
  arange,
  atan2,
  clamp,
  concat,
  div,
  eq,
  floorDivide,
  fmod,
  full,
  ge,
  getGeneratorState,
  gt,
  hypot,
  isFinite,
  isInf,
  isNan,
  le,
  lerp,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  manualSeed,
  matmul,
  maximum,
  minimum,
  mul,
  nanToNum,
  ne,
  ones,
  pow,
  rand,
  randn,
  remainder,
  setGeneratorState,
  sub,
  tensor,
  where,
  zeros,
  type TensorData,
  type TensorOptions,
} from './ops/index.ts';
export * as optim from './optim/index.ts';
