/**
 * wgrad/core: all that computes and trains. Ops are functions, and Tensor has the common ones as methods, so that an app
 * carries only the kernels that it uses. Re-exports only.
 */
import './ops/methods.ts';

export type { AdapterSummary } from './gpu/adapter.ts';
export {
  adapter,
  chromeTrace,
  compile,
  counters,
  gpuTime,
  init,
  memory,
  noGrad,
  profile,
  synchronize,
  Tensor,
  type DType,
  type InitOptions,
  type Nested,
  type ProfiledDispatch,
  type ProfiledMemory,
  type Shape,
  type StepProfile,
} from './graph/index.ts';
export * as F from './nn/functional.ts';
export * as nn from './nn/index.ts';
export {
  add,
  addcdiv,
  addcmul,
  arange,
  atan2,
  bernoulli,
  clamp,
  concat,
  div,
  eq,
  eye,
  floorDivide,
  fmod,
  full,
  fullLike,
  ge,
  getGeneratorState,
  gt,
  hypot,
  isFinite,
  isInf,
  isNan,
  le,
  lerp,
  linspace,
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
  normal,
  ones,
  onesLike,
  pow,
  rand,
  randint,
  randLike,
  randn,
  randnLike,
  randperm,
  remainder,
  setGeneratorState,
  sub,
  tensor,
  uniform,
  where,
  zeros,
  zerosLike,
  type TensorData,
  type TensorOptions,
} from './ops/index.ts';
export { einsum } from './ops/einsum.ts';
export { addmm, baddbmm } from './ops/products.ts';
export { searchsorted } from './ops/scatter.ts';
export { meshgrid, stack } from './ops/shaping.ts';
export * from './ops/structure.ts';
export * as optim from './optim/index.ts';
