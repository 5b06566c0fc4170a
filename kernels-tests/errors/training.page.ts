/** What cannot work in training: gradients that are not there, state that does not fit, values that are gone. */
import { compile, F, init, nn, noGrad, ones, optim, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, type Failure, type Mistake } from './failures.ts';

const parameter = (...numbers: number[]): nn.Parameter => new nn.Parameter(tensor(numbers));

/** A step of a parameter that is larger than what the ring keeps. */
function largeStep(p: nn.Parameter, optimizer: optim.Optimizer): Tensor {
  optimizer.zeroGrad();
  const out = p.mul(2);
  const hidden = out.add(1);
  hidden.sum().backward();
  optimizer.step();
  return out;
}

export const mistakes: Record<string, Mistake> = {
  'backward of several losses': mistake(
    () => parameter(1, 2).mul(2).backward(),
    'backward:',
    'scalar',
    '[2]',
    'loss.mean()',
  ),
  'backward from a gradient of another shape': mistake(
    () =>
      parameter(1, 2)
        .mul(2)
        .backward({ gradient: ones([3]) }),
    'backward: gradient is float32 [3]',
    '[2]',
  ),
  'backward of a constant': mistake(
    () => ones([2]).sum().backward(),
    'backward:',
    'requires a gradient',
    'requiresGrad: true',
  ),
  'backward of a loss computed in noGrad': mistake(
    () => noGrad(() => parameter(1).mul(2).sum()).backward(),
    'backward:',
    'noGrad()',
  ),
  'backward of a detached loss': mistake(
    () => parameter(1).sum().detach().backward(),
    'backward:',
    'requires a gradient',
  ),
  'backward twice': mistake(
    () => {
      const loss = parameter(1, 2).mul(3).sum();
      loss.backward();
      loss.backward();
    },
    'backward:',
    'once',
    'retainGraph: true',
  ),
  'backward twice, with a step in between': mistake(
    () => {
      const p = parameter(1, 2);
      const loss = p.mul(3).sum();
      loss.backward();
      new optim.SGD([p], { lr: 0 }).step();
      loss.backward();
    },
    'backward:',
    'once',
    'retainGraph: true',
  ),
  'a step before backward': mistake(
    () => {
      const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
      new optim.Adam(model.parameters()).step();
    },
    'Adam:',
    '"0.weight"',
    'no gradient',
    'backward()',
  ),
  'a parameter that the loss does not reach': mistake(
    () => {
      class Net extends nn.Module {
        readonly used = new nn.Linear(2, 3);
        readonly unused = new nn.Linear(3, 1);
        override forward(x: Tensor): Tensor {
          return this.used.forward(x);
        }
      }
      const model = new Net();
      const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
      model
        .forward(ones([1, 2]))
        .sum()
        .backward();
      optimizer.step();
    },
    'SGD:',
    '"unused.weight"',
    'not reachable from the loss',
  ),
  'a gradient of another shape': mistake(
    () => {
      const p = parameter(1, 2);
      const optimizer = new optim.SGD([p]);
      p.grad = ones([3]);
      optimizer.step();
    },
    'SGD:',
    'number 0',
    '[3]',
    '[2]',
  ),
  'a parameter that another optimizer has taken': mistake(
    () => {
      const p = parameter(1);
      const optimizer = new optim.SGD([p]);
      new optim.Adam([p]).zeroGrad();
      p.sum().backward();
      optimizer.step();
    },
    'SGD:',
    'number 0',
    'another optimizer',
  ),
  'a loss of an old graph whose parameters have moved': mistake(
    () => {
      const p = parameter(1, 2);
      const optimizer = new optim.SGD([p], { lr: 1 });
      const hidden = p.mul(p);
      hidden.sum().backward();
      optimizer.step();
      hidden.mul(2).sum().backward();
    },
    'updated in place',
    'retain()',
  ),
  'a large output that later steps have overwritten': mistake(
    async () => {
      const p = new nn.Parameter(ones([100, 100]));
      const optimizer = new optim.SGD([p], { lr: 1 });
      const out = largeStep(p, optimizer);
      for (let step = 0; step < 3; step++) largeStep(p, optimizer);
      await out.data();
    },
    'data:',
    '[100, 100]',
    'no longer held',
    'retain()',
  ),
  'a tensor that has been disposed of': mistake(
    () => {
      const x = tensor(new Float32Array(8192));
      x.dispose();
      return x.add(1);
    },
    'add:',
    '[8192]',
    'disposed',
  ),
  'reading a tensor that has been disposed of': mistake(
    () => {
      const x = tensor(new Float32Array(8192));
      x[Symbol.dispose]();
      return x.data();
    },
    'data:',
    '[8192]',
    'disposed',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}

export interface Loaded {
  message: string;
  before: number[][];
  after: number[][];
  works: boolean;
}

const good = (length: number, from = 1): { shape: number[]; data: Float32Array } => ({
  shape: length === 6 ? [3, 2] : [length],
  data: Float32Array.from({ length }, (_, i) => from + i),
});

/** State dicts that do not fit a Linear(2, 3), each with whether it must be loaded strictly. */
const states: Record<string, () => [nn.StateDict, { strict?: boolean }]> = {
  'a missing key': () => [{ weight: good(6) }, {}],
  'an unexpected key': () => [{ weight: good(6), bias: good(3), scale: good(1) }, {}],
  'a misshapen key': () => [{ weight: { ...good(6), shape: [2, 3] }, bias: good(3) }, {}],
  'a misshapen key, loosely': () => [{ weight: good(6), bias: good(2) }, { strict: false }],
  'all of them': () => [{ weight: good(3), scale: good(1) }, {}],
  'integers of a file': () => [
    { weight: { shape: [3, 2], dtype: 'int32', data: new Int32Array(6) }, bias: ones([3], { dtype: 'int32' }) },
    {},
  ],
  'data longer than its shape': () => [{ weight: good(6), bias: { shape: [3], data: new Float32Array(40) } }, {}],
  'data shorter than its shape': () => [{ weight: { shape: [3, 2], data: new Float32Array(5) }, bias: good(3) }, {}],
  'a missing key, loosely': () => [{ weight: good(6, 10), scale: good(1) }, { strict: false }],
};

/** What loading says, and the parameters before and after it. */
export async function load(name: string): Promise<Loaded> {
  await init();
  const model = new nn.Linear(2, 3);
  const other = new nn.Linear(2, 3);
  const optimizer = new optim.SGD([...model.parameters(), ...other.parameters()], { lr: 0 });
  const all = (): Promise<number[][]> =>
    Promise.all([...model.parameters(), ...other.parameters()].map(async (p) => Array.from(await p.data())));
  const before = await all();
  const [state, options] = states[name]!();
  const { message } = await failureOf(() => model.loadStateDict(state, options));
  const after = await all();
  const x = tensor([[1, 2]]);
  F.mseLoss(model.forward(x).add(other.forward(x)), ones([1, 3])).backward();
  optimizer.step();
  await synchronize();
  return { message, before, after, works: true };
}

/** A step that fails in the middle, compiled or not: what had been learned is there, and training goes on as if nothing had been. */
export async function interrupted(compiled: boolean): Promise<{ got: number[]; wanted: number[]; message: string }> {
  await init();
  let message = '';
  const run = async (fails: boolean): Promise<number[]> => {
    const p = parameter(1, 2, 3);
    const optimizer = new optim.Adam([p], { lr: 0.1 });
    const plain = (x: Tensor): Tensor => {
      optimizer.zeroGrad();
      const loss = p.mul(x).square().sum();
      loss.backward();
      if (x.shape[0] !== 3) loss.reshape([2, 2]);
      optimizer.step();
      return loss;
    };
    const step = compiled ? compile(plain) : plain;
    const losses: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      if (fails && turn === 3) ({ message } = await failureOf(() => step(tensor([1]))));
      losses.push(await step(tensor([1, turn, 2])).item());
    }
    return losses;
  };
  return { got: await run(true), wanted: await run(false), message };
}
