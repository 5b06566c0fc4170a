/**
 * The ops that are public.
 */
export {
  celu,
  elu,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSigmoid,
  mish,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
  threshold,
} from './activation.ts';
export {
  abs,
  add,
  addcdiv,
  addcmul,
  div,
  eq,
  exp,
  ge,
  gt,
  le,
  lerp,
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
export {
  attend,
  attentionWeights,
  headsOf,
  scaledDotProductAttention,
  type Attention,
  type AttentionOptions,
  type Heads,
} from './attention.ts';
export { checkMask, joinMasks } from './attention-mask.ts';
export { checkPadding, embedding } from './embedding.ts';
export { sinusoidalPositions } from './positions.ts';
export { batchNorm, type BatchNormOptions, type RunningStatistics } from './batch-norm.ts';
export { conv1d, conv2d, convTranspose2d } from './conv.ts';
export type { Conv1dOptions, Conv2dOptions, ConvTranspose2dOptions } from './conv-options.ts';
export { fold, unfold } from './unfold.ts';
export type { UnfoldOptions } from './unfold.ts';
export { clone, to } from './copy.ts';
export { crossEntropy, multiMarginLoss, nllLoss, stackedCrossEntropy, type ClassOptions } from './cross-entropy.ts';
export { arange, full, ones, tensor, zeros, type TensorData, type TensorOptions } from './create.ts';
export { checkpoint } from './checkpoint.ts';
export { clamp, maximum, minimum } from './extrema.ts';
export { concat, indexSelect } from './gather.ts';
export { linear } from './linear.ts';
export {
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  rmsNorm,
  type LocalResponseNormOptions,
} from './normalization.ts';
export {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
} from './pool.ts';
export type { AvgPoolOptions, MaxPoolOptions } from './pool.ts';
export { isFinite, isInf, isNan, logicalAnd, logicalNot, logicalOr, logicalXor, nanToNum } from './logic.ts';
export { eye, fullLike, linspace, onesLike, zerosLike } from './create-like.ts';
export { bernoulli, normal, randint, randLike, randnLike, randperm, uniform } from './draw.ts';
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  gaussianNllLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDiv,
  l1Loss,
  marginRankingLoss,
  mseLoss,
  poissonNllLoss,
  smoothL1Loss,
  softMarginLoss,
} from './loss.ts';
export { matmul } from './matmul.ts';
export {
  checkProbability,
  dropout,
  dropoutBy,
  getGeneratorState,
  manualSeed,
  nextKey,
  rand,
  randn,
  setGeneratorState,
} from './random.ts';
export { gru } from './gru.ts';
export { lstm } from './lstm.ts';
export { rnn } from './rnn.ts';
export { recurrent, type SequenceResult } from './recurrent.ts';
export type { RecurrentKind } from './recurrent-kernels.ts';
export { gruCell, lstmCell, rnnCell, type CellWeights } from './recurrent-cells.ts';
export { argmax, max, mean, sum } from './reduce.ts';
export type { LossOptions, Reduction } from './reduction.ts';
export { floorDivide, fmod, remainder } from './rounding.ts';
export { logSoftmax, softmax } from './softmax.ts';
export { atan2, hypot } from './trigonometry.ts';
export { oneHot } from './diagonal.ts';
export { pad, type PadOptions } from './border.ts';
export { dropout2d } from './dropout2d.ts';
export { interpolate, pixelShuffle, type InterpolateOptions } from './resize.ts';
export { searchsorted } from './scatter.ts';
export { meshgrid, stack } from './shaping.ts';
export { einsum } from './einsum.ts';
export { addmm, baddbmm, cosineSimilarity, pairwiseDistance } from './products.ts';
export * from './structure.ts';
export { normalize } from './statistics.ts';
export { detach, expand, flatten, permute, reshape, slice, squeeze, transpose, unsqueeze } from './views.ts';
export { warp } from './warp.ts';
