/**
 * The numbers that every engine starts from: the same bits whatever the engine, the browser or the run. A hash of the
 * index and not a generator with a state, so that any element can be had by itself.
 */

/** `count` numbers in [low, high), the same for the same `seed`. */
export function uniform(seed: number, count: number, low = -1, high = 1): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) values[index] = low + (high - low) * fraction(seed, index);
  return values;
}

/** `count` whole numbers in [0, limit). */
export function integers(seed: number, count: number, limit: number): Int32Array<ArrayBuffer> {
  const values = new Int32Array(count);
  for (let index = 0; index < count; index++) values[index] = Math.floor(fraction(seed, index) * limit);
  return values;
}

/** MurmurHash3's finaliser over index and seed, as a fraction in [0, 1). */
function fraction(seed: number, index: number): number {
  let bits = (Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

export function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}

/** [rows, columns] -> [columns, rows] */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(data.length);
  data.forEach((value, at) => (result[(at % columns) * rows + Math.floor(at / columns)] = value));
  return result;
}
