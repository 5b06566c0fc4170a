/** Options, groups and states that an optimiser cannot have. */
import { init, nn, ones, optim, tensor, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const parameter = (...shape: number[]): nn.Parameter => new nn.Parameter(ones(shape));

function moved(p: nn.Parameter, optimizer: optim.Optimizer): void {
  p.grad = ones([...p.shape]);
  optimizer.step();
}

/** Loads a state that `change` has spoilt, and checks that nothing came of it. */
function loads(change: (state: optim.OptimizerState) => object): () => Promise<void> {
  return async () => {
    const p = parameter(2);
    const optimizer = new optim.Adam([p], { lr: 0.5 });
    moved(p, optimizer);
    const before = JSON.stringify(await plain(optimizer));
    const load = async (): Promise<void> => optimizer.loadStateDict(change(optimizer.stateDict()) as never);
    const error: unknown = await load().catch((thrown: unknown) => thrown);
    if (JSON.stringify(await plain(optimizer)) !== before) throw new Error('the state has changed');
    if (error) throw error;
  };
}

async function plain(optimizer: optim.Optimizer): Promise<unknown[]> {
  const { state, paramGroups } = optimizer.stateDict();
  const { step, exp_avg: mean, exp_avg_sq: square } = state[0]!;
  return [step, paramGroups, ...(await Promise.all([mean, square].map((moment) => (moment as Tensor).toArray())))];
}

const first = ({ state }: optim.OptimizerState): object => state[0]!;

export const mistakes: Record<string, Mistake> = {
  'no parameters': mistake(() => new optim.SGD([]), 'SGD:', 'no parameters'),
  'a group without parameters': mistake(
    () => new optim.SGD([{ params: [parameter(2)] }, { params: [] }]),
    'SGD:',
    'no parameters',
  ),
  'groups among parameters': mistake(
    () => new optim.SGD(wrong([{ params: [parameter(2)] }, parameter(2)])),
    'SGD:',
    'number 0',
    'no nn.Parameter',
  ),
  'a parameter in two groups': mistake(
    () => {
      const p = parameter(2);
      return new optim.RMSprop([{ params: [p] }, { params: [parameter(1), p] }]);
    },
    'RMSprop:',
    'number 1',
    'two groups',
  ),
  'an option of another name': mistake(
    () => new optim.Adagrad([parameter(2)], wrong({ lr_decay: 0.1 })),
    'Adagrad:',
    'no option lr_decay',
    'lrDecay',
  ),
  'a negative rate of one member': mistake(
    () => new optim.Adam([parameter(2, 3)], { lr: [0.1, -1] }),
    'Adam:',
    'lr[1]',
    'at least 0',
    '-1',
  ),
  'a beta of 1': mistake(() => new optim.Adam([parameter(2)], { betas: [0.9, 1] }), 'Adam:', 'betas[1]', 'below 1'),
  'Nesterov momentum with a member that has none': mistake(
    () => new optim.SGD([parameter(2, 3)], { momentum: [0.9, 0], nesterov: true }),
    'SGD:',
    'nesterov',
    '0.9,0',
  ),
  'lists of different length': mistake(
    () => new optim.SGD([parameter(2, 3)], { lr: [0.1, 0.2], momentum: [0, 0.5, 0.9] }),
    'SGD:',
    'momentum has 3 members',
    '2',
  ),
  'a parameter without the members': mistake(
    () => new optim.SGD([parameter(2, 3), parameter(3, 2)], { lr: [0.1, 0.2] }),
    'SGD:',
    'number 1',
    '[3, 2]',
    '2 members',
  ),
  'a list that is set later': mistake(
    () => {
      const p = parameter(2, 3);
      const optimizer = new optim.SGD([p], { lr: 0.1 });
      optimizer.lr = [0.1, 0.2];
      moved(p, optimizer);
    },
    'SGD:',
    '2 members',
    'made for 1',
  ),
  'momentum that is set later': mistake(
    () => {
      const p = parameter(2);
      const optimizer = new optim.SGD([p], { lr: 0.1 });
      optimizer.paramGroups[0]!.momentum = 0.9;
      moved(p, optimizer);
    },
    'SGD:',
    'momentum_buffer',
    'Make it with',
  ),
  'the state of more groups': mistake(
    loads((state) => ({ ...state, paramGroups: [...state.paramGroups, ...state.paramGroups] })),
    'Adam: loadStateDict:',
    '2 groups',
    'Nothing was loaded',
  ),
  'the state of more parameters': mistake(
    loads(({ state, paramGroups: [group] }) => ({ state, paramGroups: [{ ...group, params: [0, 1] }] })),
    'Adam: loadStateDict:',
    'group 0 has 2 parameters',
    '1',
  ),
  'the state of a parameter that is not there': mistake(
    loads((state) => ({ ...state, state: { ...state.state, 7: first(state) } })),
    'Adam: loadStateDict:',
    'no parameter 7',
  ),
  'a moment of another shape': mistake(
    loads((state) => ({ ...state, state: { 0: { ...first(state), exp_avg_sq: ones([3]) } } })),
    'Adam: loadStateDict:',
    'exp_avg_sq of parameter 0 is [3]',
    '[2]',
  ),
  'a moment whose data does not fill its shape': mistake(
    loads((state) => ({
      ...state,
      state: { 0: { ...first(state), exp_avg: { shape: [2], data: new Float32Array(3) } } },
    })),
    'Adam: loadStateDict:',
    'exp_avg of parameter 0 has 3 numbers',
  ),
  'a moment that is missing': mistake(
    loads((state) => ({ ...state, state: { 0: { step: 1, exp_avg: tensor([1, 2]) } } })),
    'Adam: loadStateDict:',
    'no exp_avg_sq',
  ),
  'half a step': mistake(
    loads((state) => ({ ...state, state: { 0: { ...first(state), step: 1.5 } } })),
    'Adam: loadStateDict:',
    '1.5 steps',
  ),
  'a state whose options need more': mistake(
    loads(({ state, paramGroups: [group] }) => ({ state, paramGroups: [{ ...group, amsgrad: true }] })),
    'Adam: loadStateDict:',
    'max_exp_avg_sq',
  ),
  'a state whose options cannot be': mistake(
    loads(({ state, paramGroups: [group] }) => ({ state, paramGroups: [{ ...group, lr: -1 }] })),
    'Adam:',
    'lr must be at least 0',
  ),
  'a negative norm': mistake(() => optim.clipGradNorm([parameter(2)], -1), 'clipGradNorm:', 'maxNorm', '-1'),
  'a limit that is no number': mistake(() => optim.clipGradValue([parameter(2)], NaN), 'clipGradValue:', 'NaN'),
  'a range of rates that does not rise': mistake(
    () => {
      const optimizer = new optim.SGD([parameter(2)]);
      return optim.lrRangeTest({ optimizer, step: () => ones([]), minLr: 1, maxLr: 0.1 });
    },
    'lrRangeTest:',
    '1, 0.1',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}
