/**
 * Windows over images, of convolutions and pooling alike: how many fit, and how their sizes are given.
 */
export type Pair = readonly [y: number, x: number];

export const pairOf = (value: number | Pair = 1): Pair => (typeof value === 'number' ? [value, value] : value);

/** How many windows fit along an axis. */
export const windows = (size: number, kernel: number, stride: number, dilation: number): number =>
  Math.floor((size - dilation * (kernel - 1) - 1) / stride) + 1;

export function requireWhole(name: string, what: string, values: readonly number[], least: number): void {
  if (!values.every((value) => Number.isInteger(value) && value >= least))
    throw new Error(`${name}: ${what} is ${values.join(', ')}; it must be of whole numbers from ${least}.`);
}
