/**
 * Modules, with PyTorch's names.
 */
export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Mish,
  PReLU,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmin,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
} from './activations.ts';
export { Conv1d, Conv2d, ConvTranspose2d } from './convolution.ts';
export { AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from './pooling.ts';
export {
  BatchNorm1d,
  BatchNorm2d,
  GroupNorm,
  InstanceNorm1d,
  InstanceNorm2d,
  LayerNorm,
  LocalResponseNorm,
  RMSNorm,
  type BatchNormOptions,
} from './normalization.ts';
export {
  CircularPad2d,
  ConstantPad2d,
  Dropout2d,
  Fold,
  PixelShuffle,
  ReflectionPad2d,
  ReplicationPad2d,
  Unfold,
  Upsample,
  ZeroPad2d,
} from './image-layers.ts';
export { MultiheadAttention, type MultiheadAttentionMasks, type MultiheadAttentionOptions } from './attention.ts';
export { Embedding, PositionalEncoding, type EmbeddingOptions } from './embedding.ts';
export {
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
  type DecoderMasks,
  type EncoderMasks,
  type TransformerLayerOptions,
} from './transformer.ts';
export { Dropout, Flatten, Linear, Sequential } from './layers.ts';
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  GaussianNLLLoss,
  HingeEmbeddingLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MarginRankingLoss,
  MSELoss,
  MultiMarginLoss,
  NLLLoss,
  PoissonNLLLoss,
  SmoothL1Loss,
  SoftMarginLoss,
} from './losses.ts';
export { GRU, LSTM, RNN, type LSTMState, type RecurrentCall, type RecurrentOptions } from './recurrent.ts';
export { GRUCell, LSTMCell, RNNCell } from './recurrent-cells.ts';
export { Buffer } from './buffer.ts';
export { Identity, ModuleDict, ModuleList, ParameterList, Unflatten } from './containers.ts';
export * as init from './init.ts';
export { Module, type AnyModule, type Layer } from './module.ts';
export { Parameter } from './parameter.ts';
export { stage, type StateDict, type StateEntry, type UnmatchedKeys } from './state-dict.ts';
export type { Summary, SummaryRow } from './summary.ts';
export { stack, StackedChoice, StackedDropout, StackedLinear, unstack } from './stacked.ts';
