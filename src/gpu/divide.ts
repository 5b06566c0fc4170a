/**
 * WGSL that divides by a constant. Not every driver makes a shift of it: SwiftShader divides lane by lane, which takes as
 * long as a load.
 */

/** `term / size`, for a u32. */
export function quotient(term: string, size: number): string {
  if (size === 1) return term;
  return isPowerOfTwo(size) ? `(${term} >> ${Math.log2(size)}u)` : `(${term} / ${size}u)`;
}

/** `term % size`, for a u32. */
export function remainder(term: string, size: number): string {
  if (size === 1) return '0u';
  return isPowerOfTwo(size) ? `(${term} & ${size - 1}u)` : `(${term} % ${size}u)`;
}

function isPowerOfTwo(size: number): boolean {
  return Number.isInteger(Math.log2(size));
}
