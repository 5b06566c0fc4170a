/** `models`: the architectures that made history, from LeNet to BERT. Re-exports only. */
export { AlexNet, type AlexNetOptions } from './alexnet.ts';
export type { BertConfig, BertOptions } from './bert-config.ts';
export { BertForMaskedLM, BertForSequenceClassification, splitPairs, type MaskedInputs } from './bert-heads.ts';
export { BertModel, type BertInputs } from './bert.ts';
export { DenseBlock, densenet121, densenet40, densenetBC100, DenseNet, type DenseNetOptions } from './densenet.ts';
export { GoogLeNet, Inception, type GoogLeNetOptions, type InceptionBranch } from './googlenet.ts';
export { LanguageModel, type LanguageModelOptions, type Memory } from './language-model.ts';
export { LeNet, type LeNetOptions } from './lenet.ts';
export { loadBert } from './load-bert.ts';
export { PairClassifier, type PairClassifierOptions } from './pair-classifier.ts';
export {
  BasicBlock,
  Bottleneck,
  ResNet,
  resnet18,
  resnet20,
  resnet32,
  resnet34,
  resnet50,
  resnet56,
  type ResNetOptions,
} from './resnet.ts';
export type { CellName, Pooling, SentenceEncoder } from './sentence-encoders.ts';
export { SixConv, type SixConvOptions } from './six-conv.ts';
