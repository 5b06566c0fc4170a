/**
 * Philox4x32-10 on the host: what shaders/random.wgsl must draw, bit for bit.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
 */
const MULTIPLIERS = [0xd2511f53n, 0xcd9e8d57n] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const MASK = 0xffffffffn;

export type Words = readonly [number, number, number, number];

/** Four 32-bit words for a counter under a key. */
export function philox4x32([c0, c1, c2, c3]: Words, [k0, k1]: readonly [number, number]): Words {
  let counter: Words = [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
  let key = [k0 >>> 0, k1 >>> 0] as const;
  for (let round = 0; round < 10; round++) {
    const first = MULTIPLIERS[0] * BigInt(counter[0]);
    const second = MULTIPLIERS[1] * BigInt(counter[2]);
    counter = [
      (high(second) ^ counter[1] ^ key[0]) >>> 0,
      Number(second & MASK),
      (high(first) ^ counter[3] ^ key[1]) >>> 0,
      Number(first & MASK),
    ];
    key = [(key[0] + WEYL[0]) >>> 0, (key[1] + WEYL[1]) >>> 0];
  }
  return counter;
}

function high(product: bigint): number {
  return Number(product >> 32n);
}

/** Uniform on [0, 1) for element `i` of the draw at `offset`; where four share what is drawn, from one of its words. */
export function uniformAt(seed: number, offset: number, i: number, word: 0 | 1 | 2 | 3 = 0): number {
  return (philox4x32([i, offset, 0, 0], [seed, 0])[word] >>> 8) * 2 ** -24;
}

/** Standard normal of the same element, by Box and Muller. */
export function normalAt(seed: number, offset: number, i: number): number {
  const [first, second] = philox4x32([i, offset, 0, 0], [seed, 0]);
  const radius = Math.sqrt(-2 * Math.log(((first >>> 8) + 1) * 2 ** -24));
  return radius * Math.cos((second >>> 8) * 2 ** -24 * 2 * Math.PI);
}
