/** A module with the weights, and on the numbers, that PyTorch had; and how they travel. */
import { init, tensor, type nn, type Tensor } from '../../src/index.ts';
import type { ModuleReference, Plain, State } from './references.ts';

export const leaf = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }, requiresGrad = false): Tensor =>
  tensor(Float32Array.from(data), { shape, requiresGrad });

export async function plain(x: Tensor): Promise<Plain> {
  return { shape: [...x.shape], data: Array.from(await x.data()) };
}

export interface ModuleResult {
  y: Plain;
  gradients: State;
  keys: string[];
}

export async function resultsOf(make: () => nn.Layer, reference: ModuleReference): Promise<ModuleResult> {
  await init();
  const module = make();
  module.loadStateDict(
    Object.fromEntries(
      Object.entries(reference.state).map(([key, { data, shape }]) => [key, { data: Float32Array.from(data), shape }]),
    ),
  );
  const x = leaf(reference.x, true);
  const y = module.forward(x);
  y.mul(leaf(reference.weights)).sum().backward();
  const gradients: State = { x: await plain(x.grad!) };
  for (const [key, parameter] of module.namedParameters()) gradients[key] = await plain(parameter.grad!);
  return { y: await plain(y), gradients, keys: Object.keys(module.stateDict()) };
}
