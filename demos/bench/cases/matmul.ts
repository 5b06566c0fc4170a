/** Matrix products: square, skinny and batched. */
import type { OpCase } from './case.ts';

export const MATMUL: readonly OpCase[] = [
  matmulCase('matmul-256', 'matmul 256x256x256', [256, 256, 256]),
  matmulCase('matmul-512', 'matmul 512x512x512', [512, 512, 512]),
  matmulCase('matmul-1024', 'matmul 1024x1024x1024', [1024, 1024, 1024]),
  matmulCase('matmul-skinny', 'matmul 64x784 @ 784x256', [64, 784, 256]),
  matmulCase('matmul-batched', 'matmul 32 x [128, 64] @ [64, 128]', [128, 64, 128], 32),
];

/** Of [m, k] and [k, n], `batch` times. */
export function matmulCase(
  name: string,
  title: string,
  [m, k, n]: readonly [m: number, k: number, n: number],
  batch?: number,
): OpCase {
  const leading = batch === undefined ? [] : [batch];
  return {
    kind: 'op',
    name,
    title,
    op: 'matmul',
    padding: 0,
    shapes: [
      [...leading, m, k],
      [...leading, k, n],
    ],
    outShape: [...leading, m, n],
    flops: 2 * (batch ?? 1) * m * k * n,
    // A float32 sum of 1,024 products is off by about 1e-6; ten times that leaves room for any order of summation.
    tolerance: 1e-5,
    reference: ([a, b], index) => {
      const of = Math.floor(index / (m * n));
      const row = Math.floor(index / n) % m;
      const column = index % n;
      let sum = 0;
      for (let inner = 0; inner < k; inner++)
        sum += (a?.[(of * m + row) * k + inner] ?? NaN) * (b?.[(of * k + inner) * n + column] ?? NaN);
      return sum;
    },
  };
}
