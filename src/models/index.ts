/** `models`: the architectures that made history, from LeNet on. Re-exports only. */
export { AlexNet, type AlexNetOptions } from './alexnet.ts';
export { DenseBlock, densenet121, densenet40, densenetBC100, DenseNet, type DenseNetOptions } from './densenet.ts';
export { GoogLeNet, Inception, type GoogLeNetOptions, type InceptionBranch } from './googlenet.ts';
export { LeNet, type LeNetOptions } from './lenet.ts';
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
export { SixConv, type SixConvOptions } from './six-conv.ts';
