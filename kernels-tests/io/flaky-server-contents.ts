/** The bytes of the flaky server's files, which both it and the page know. */

/** Different from place to place, so that a gap or an overlap shows. */
export function contents(size: number, version = 0): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) + version);
}
