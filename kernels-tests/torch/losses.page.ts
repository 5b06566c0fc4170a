/** Losses in the browser, on the numbers that PyTorch got; results as plain data. */
import { F, init, tensor, type Tensor } from '../../src/index.ts';
import { decode, encode, type Numbers } from './extremes.ts';

export interface Loss {
  name: string;
  op: string;
  /** Lists are factors. */
  options: Record<string, number | string | boolean | number[]>;
  /** The target is one of classes. */
  labels: boolean;
  shapes: number[][];
  inputs: Numbers[];
  y: Numbers;
  /** Of the sum of y, by the prediction. */
  gradients: Numbers[];
}

type Op = (x: Tensor, target: Tensor, options: object) => Tensor;

export async function run({
  op,
  options,
  labels,
  shapes,
  inputs,
}: Loss): Promise<{ y: Numbers; gradients: Numbers[] }> {
  await init();
  const [x, target] = inputs.map((each, index) =>
    tensor(labels && index === 1 ? Int32Array.from(each, Number) : decode(each), {
      shape: shapes[index]!,
      requiresGrad: index === 0,
    }),
  ) as [Tensor, Tensor];
  const given = Object.entries(options).map(([key, value]) => [key, Array.isArray(value) ? tensor(value) : value]);
  const y = (F as unknown as Record<string, Op>)[op]!(x, target, Object.fromEntries(given) as object);
  y.sum().backward();
  return { y: encode(await y.data()), gradients: [encode(await x.grad!.data())] };
}

export async function isSoftware(): Promise<boolean> {
  return (await init()).software;
}
