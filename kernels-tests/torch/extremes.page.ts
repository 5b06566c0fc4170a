/** Pointwise ops in the browser at extreme values; results as plain data. */
import * as wgrad from '../../src/index.ts';
import { decode, encode, type Numbers } from './extremes.ts';

type Tensor = wgrad.Tensor;
type Op = (...inputs: Tensor[]) => Tensor;

/** Those that take more than tensors, with what the references have. */
const others: Record<string, Op> = {
  clamp: (x) => wgrad.clamp(x, -0.5, 20),
  nanToNum: (x) => x.nanToNum(),
  'F.prelu': (x) => wgrad.F.prelu(x, wgrad.tensor(0.25)),
  'F.celu': (x) => wgrad.F.celu(x, 2),
  'F.gelu of tanh': (x) => wgrad.F.gelu(x, { approximate: 'tanh' }),
  'F.softplus of beta': (x) => wgrad.F.softplus(x, { beta: 2, threshold: 5 }),
  'F.threshold': (x) => wgrad.F.threshold(x, 0.1, -3),
  'F.glu': (a, b) => wgrad.F.glu(wgrad.stack([a, b], 1)).reshape([a.numel]),
};

function find(name: string): Op {
  if (others[name]) return others[name];
  if (name.startsWith('F.')) return (wgrad.F as unknown as Record<string, Op>)[name.slice(2)]!;
  return (x, ...rest) => (x as unknown as Record<string, Op>)[name]!(...rest);
}

/** Values and the gradients of their sum. */
export async function run(name: string, inputs: Numbers[]): Promise<{ y: Numbers; gradients: Numbers[] }> {
  await wgrad.init();
  const leaves = inputs.map((each) => wgrad.tensor(decode(each), { requiresGrad: true }));
  const y = find(name)(...leaves);
  y.sum().backward();
  const gradients = leaves.map(async ({ grad, numel }) =>
    grad ? encode(await grad.data()) : Array<number>(numel).fill(0),
  );
  return { y: encode(await y.data()), gradients: await Promise.all(gradients) };
}

/** One digit for each element. */
export async function truths(name: string, inputs: Numbers[]): Promise<string> {
  await wgrad.init();
  const y = find(name)(...inputs.map((each) => wgrad.tensor(decode(each))));
  return Array.from(await y.data(), Number).join('');
}

export async function isSoftware(): Promise<boolean> {
  return (await wgrad.init()).software;
}
