/**
 * What the layers above use of the graph.
 */
export { ask, checkRange } from './ask.ts';
export { isComputedAgain, isGradEnabled } from './autograd.ts';
export { makeAvailable } from './available.ts';
export { chromeTrace } from './chrome-trace.ts';
export { compile, type CompileOptions } from './compile.ts';
export { definedOps, defineOp } from './define-op.ts';
export { editKernel } from './edit-kernel.ts';
export {
  adapter,
  counters,
  dryRun,
  engine,
  init,
  memory,
  noGrad,
  throttle,
  uncut,
  type InitOptions,
} from './engine.ts';
export { flush } from './flush.ts';
export { gpuTime } from './gpu-time.ts';
export { profile, type ProfiledDispatch, type ProfiledMemory, type StepProfile } from './profile.ts';
export type { KernelChoice } from './plan/lower.ts';
export { ready, type CompileProgress, type ReadyOptions } from './ready.ts';
export { synchronize } from './read.ts';
export { checkSentinels } from './sentinels.ts';
export {
  abandonWrites,
  copyStorage,
  createStorage,
  moveStorage,
  partOf,
  releaseStorage,
  writeStorage,
} from './storage.ts';
export type { TuningEntry, TuningTable } from './tuning/table.ts';
export { tune, tuningTable, type TuneProgress } from './tuning/tune.ts';
export type { TuningOptions } from './tuning/tuner.ts';
export { hostTensor, Tensor, type Nested } from './tensor.ts';
export {
  leafValue,
  numel,
  sameShape,
  show,
  type DType,
  type HostArray,
  type Shape,
  type Spec,
  type Storage,
  type Value,
} from './value.ts';
