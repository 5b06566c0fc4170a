/** What the case pages share: a case is a name and a function that gives what came out beside what should. */
import { tensor, nn, type Tensor } from '../../src/index.ts';

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
