/** Layers, optimisers and compiled steps that cannot work. */
import { compile, init, nn, ones, optim, tensor, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const x = (...shape: number[]): Tensor => zeros(shape);

export const mistakes: Record<string, Mistake> = {
  'a Linear without inputs': mistake(() => new nn.Linear(0, 3), 'Linear:', 'inFeatures', '0'),
  'a Linear of a fraction': mistake(() => new nn.Linear(3, 1.5), 'Linear:', 'outFeatures', '1.5'),
  'a Dropout of everything': mistake(() => new nn.Dropout(1), 'Dropout:', '1'),
  'a Dropout of less than nothing': mistake(() => new nn.Dropout(-0.1), 'Dropout:', '-0.1'),
  'a Dropout set to everything': mistake(
    () => Object.assign(new nn.Dropout(0.5), { p: 2 }).forward(x(2)),
    'Dropout:',
    '2',
  ),
  'a Parameter of whole numbers': mistake(
    () => new nn.Parameter(tensor(Int32Array.of(1, 2))),
    'Parameter:',
    'int32 [2]',
    "to('float32')",
  ),
  'an input that does not fit a layer': mistake(
    () => new nn.Linear(3, 2).forward(x(5, 4)),
    'linear:',
    '[5, 4]',
    'must equal in (3)',
    '(in Linear)',
  ),
  'an input that does not fit, deep in a model': mistake(
    () =>
      new nn.Sequential(new nn.Linear(4, 8), new nn.Sequential(new nn.ReLU(), new nn.Linear(9, 2))).forward(
        ones([3, 4]),
      ),
    'linear:',
    '[3, 8]',
    '[2, 9]',
    'Sequential.1.1',
  ),

  'an optimiser without parameters': mistake(() => new optim.SGD([]), 'SGD:', 'no parameters', 'model.parameters()'),
  'an optimiser of something else': mistake(() => new optim.Adam([wrong(x(2))]), 'Adam:', 'number 0', 'nn.Parameter'),
  'a negative learning rate': mistake(
    () => new optim.AdamW(new nn.Linear(1, 1).parameters(), { lr: -1 }),
    'AdamW:',
    'lr',
    '-1',
  ),
  'a learning rate that is no number': mistake(
    () => new optim.SGD(new nn.Linear(1, 1).parameters(), { lr: Number.NaN }),
    'SGD:',
    'lr',
    'NaN',
  ),
  'a negative momentum': mistake(
    () => new optim.SGD(new nn.Linear(1, 1).parameters(), { momentum: -0.5 }),
    'SGD:',
    'momentum',
    '-0.5',
  ),
  'a negative weight decay': mistake(
    () => new optim.Adam(new nn.Linear(1, 1).parameters(), { weightDecay: -1 }),
    'Adam:',
    'weightDecay',
    '-1',
  ),
  'Nesterov without momentum': mistake(
    () => new optim.SGD(new nn.Linear(1, 1).parameters(), { nesterov: true }),
    'SGD:',
    'nesterov',
    'momentum',
    '0',
  ),
  'Nesterov with dampening': mistake(
    () => new optim.SGD(new nn.Linear(1, 1).parameters(), { nesterov: true, momentum: 0.9, dampening: 0.1 }),
    'SGD:',
    'nesterov',
    'dampening',
    '0.1',
  ),
  'a beta of 1': mistake(
    () => new optim.Adam(new nn.Linear(1, 1).parameters(), { betas: [0.9, 1] }),
    'Adam:',
    'betas[1]',
    '1',
  ),
  'a negative eps': mistake(
    () => new optim.Adam(new nn.Linear(1, 1).parameters(), { eps: -1e-8 }),
    'Adam:',
    'eps',
    '-1e-8',
  ),

  'a list of modules that is called': mistake(
    () => new nn.ModuleList([new nn.ReLU()]).forward(),
    'ModuleList:',
    'no forward',
  ),
  'a module by the name of a method': mistake(
    () => new nn.ModuleDict({ forward: new nn.ReLU() }),
    'ModuleDict:',
    '"forward"',
  ),
  'an axis that does not fall into sizes': mistake(
    () => new nn.Unflatten(1, [3, -1]).forward(x(2, 8)),
    'Unflatten:',
    '[2, 8]',
    '[3, -1]',
  ),
  'a vector made orthogonal': mistake(() => nn.init.orthogonal(x(3)), 'orthogonal:', '2 axes', '[3]'),
  'fans of a vector': mistake(() => nn.init.xavierUniform(x(3)), 'calculateFanInAndFanOut:', '[3]'),
  'initialising what has no memory': mistake(() => nn.init.zeros(x(2, 3)), 'constant:', '[2, 3]', 'a parameter'),
  'a normal cut to nothing': mistake(() => nn.init.truncNormal(x(2), 0, 1, 2, 2), 'truncNormal:', '2'),

  'reading inside a compiled step': mistake(
    () => {
      let read: Promise<number> = Promise.resolve(0);
      compile((a: Tensor) => {
        read = a.sum().item();
        return a;
      })(x(2));
      return read;
    },
    'data:',
    'compiled step',
    'Return the tensor',
  ),
  'an async step': mistake(
    () => compile(wrong((a: Tensor) => Promise.resolve(a)))(x(2)),
    'compile:',
    'async',
    'outside',
  ),
  'a step that returns a number': mistake(
    () => compile(wrong(() => ({ loss: 3 })))(x(2)),
    'compile:',
    'must return tensors',
  ),
  'a mistake inside a compiled step': mistake(
    () => compile((a: Tensor) => a.reshape([5]))(x(2)),
    'reshape:',
    '[2]',
    '[5]',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}
