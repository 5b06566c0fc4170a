/**
 * The word that stands around planned values in debug mode: as a float, a NaN with a recognisable payload.
 */
export const SENTINEL = 0x7fdeadbe;

export function sentinelBytes(bytes: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(Math.ceil(bytes / 4)).fill(SENTINEL);
}

/** Sentinels before and behind each value. */
export const GUARD_BYTES = 256;
