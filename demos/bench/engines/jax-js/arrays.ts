/** Making and reaching jax-js's arrays. */
import { jit, numpy as np, type Array as JaxArray } from '@jax-js/jax';

export type Arrays = Record<string, JaxArray>;

export function array(data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>, shape: readonly number[]): JaxArray {
  return data instanceof Int32Array
    ? np.array(data, { shape: [...shape], dtype: np.int32 })
    : np.array(data, { shape: [...shape] });
}

/** Its axes in another order, and in memory so: a transposed array is a view until something is computed. */
export function laidOut(x: JaxArray, axes: number[]): JaxArray {
  return jit((x: JaxArray) => x.transpose(axes).mul(1))(x);
}

export function get(arrays: Arrays, name: string): JaxArray {
  const found = arrays[name];
  if (!found) throw new Error(`internal: no array ${name}.`);
  return found;
}
