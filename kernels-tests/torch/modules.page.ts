/** Modules and functions in the browser, on the numbers that PyTorch got; results as plain data. */
import { F, init, nn, type Tensor } from '../../src/index.ts';
import type { FunctionReference, ModuleReference, Plain } from './references.ts';
import { leaf, plain, resultsOf, type ModuleResult } from './run-module.ts';

const build: Record<string, () => nn.Layer> = {
  linear: () => new nn.Linear(5, 3),
  'linear without bias': () => new nn.Linear(5, 3, { bias: false }),
  'linear over leading axes': () => new nn.Linear(5, 3),
  'linear of one vector': () => new nn.Linear(5, 3),
  relu: () => new nn.Sequential(new nn.Linear(6, 7), new nn.ReLU(), new nn.Linear(7, 3)),
  sigmoid: () => new nn.Sequential(new nn.Linear(6, 7), new nn.Sigmoid(), new nn.Linear(7, 3)),
  tanh: () => new nn.Sequential(new nn.Linear(6, 7), new nn.Tanh(), new nn.Linear(7, 3)),
  'flatten, nested': () =>
    new nn.Sequential(
      new nn.Flatten(),
      new nn.Sequential(new nn.Linear(12, 5), new nn.Tanh()),
      new nn.Linear(5, 2),
      new nn.Softmax(1),
    ),
};

const functions: Record<string, (x: Tensor, ...rest: Tensor[]) => Tensor> = {
  softmax: (x) => F.softmax(x),
  'softmax over axis 0': (x) => F.softmax(x, 0),
  'softmax over axis 1 of 3': (x) => F.softmax(x, 1),
  logSoftmax: (x) => F.logSoftmax(x),
  'logSoftmax over axis 0': (x) => F.logSoftmax(x, 0),
  'logSoftmax of great numbers': (x) => F.logSoftmax(x),
  crossEntropy: (x, y) => F.crossEntropy(x, y.to('int32')),
  'crossEntropy of great logits': (x, y) => new nn.CrossEntropyLoss().forward(x, y.to('int32')),
  mseLoss: (x, y) => F.mseLoss(x, y),
};

export const runModule = (reference: ModuleReference): Promise<ModuleResult> =>
  resultsOf(build[reference.name]!, reference);

export async function runFunction(reference: FunctionReference): Promise<{ y: Plain; gradient: Plain }> {
  await init();
  const x = leaf(reference.x, true);
  const y = functions[reference.name]!(x, ...reference.rest.map((each) => leaf(each)));
  y.mul(leaf(reference.weights)).sum().backward();
  return { y: await plain(y), gradient: await plain(x.grad!) };
}

/** Fresh weights and biases of a layer. */
export async function fresh(inFeatures: number, outFeatures: number): Promise<{ weight: Plain; bias: Plain }> {
  await init();
  const layer = new nn.Linear(inFeatures, outFeatures);
  return { weight: await plain(layer.weight), bias: await plain(layer.bias!) };
}
