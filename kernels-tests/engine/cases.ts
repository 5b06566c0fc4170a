/** What the case pages share: a case is a name and a function that gives what came out beside what should. */
import { F, manualSeed, nn, optim, tensor, type Tensor } from '../../src/index.ts';

export interface Outcome {
  got: unknown;
  wanted: unknown;
}

export type Cases = Record<string, () => Promise<Outcome>>;

export const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

export const row = (...numbers: number[]): Tensor => tensor(numbers);

/** A number for each place of a shape, so that a misplaced element shows. */
export function counted(...shape: number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => i + 1),
    { shape },
  );
}

export const parameter = (...numbers: number[]): nn.Parameter => new nn.Parameter(row(...numbers));

/** Pseudo-random numbers from -1 to 1 in a shape, the same for the same seed. */
export function noise(seed: number, ...shape: number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const at = (i: number): number => {
    const x = Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  };
  return tensor(
    Float32Array.from({ length: size }, (_, i) => at(i)),
    { shape },
  );
}

export const labels = (seed: number, count: number, classes: number): Tensor =>
  tensor(Int32Array.from({ length: count }, (_, i) => (i * 7 + seed) % classes));

/** All parameters of a module, one behind another. */
export async function weights(module: nn.AnyModule): Promise<number[]> {
  return (await Promise.all(module.parameters().map(values))).flat();
}

const net = (dropout = 0): nn.Sequential =>
  new nn.Sequential(
    new nn.Linear(6, 16),
    new nn.Tanh(),
    ...(dropout > 0 ? [new nn.Dropout(dropout)] : []),
    new nn.Linear(16, 4),
  );

/** A net and an optimiser that start from the same numbers each time. */
export function seeded(dropout = 0): { model: nn.Sequential; optimizer: optim.Optimizer } {
  manualSeed(7);
  const model = net(dropout);
  return { model, optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }) };
}

export function trainStep(model: nn.Layer, optimizer: optim.Optimizer, turn: number): Tensor {
  const loss = F.crossEntropy(model.forward(noise(turn, 8, 6)), labels(turn, 8, 4));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
}
