/**
 * The functional API, `F`: what modules compute, without their state.
 */
export { crossEntropy, dropout, linear, logSoftmax, mseLoss, relu, sigmoid, softmax, tanh } from '../ops/index.ts';
export { normalize, oneHot, pad } from '../ops/index.ts';
