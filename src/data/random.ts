/**
 * A small seeded generator for what the host draws: the order of examples, splits and synthetic data.
 *
 * It is apart from the GPU's Philox stream on purpose: an order must not depend on how many random numbers a model
 * drew. It knows no tensor and no dataset.
 *
 * Source: xoshiro128** 1.1, Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"
 * (doi:10.1145/3460772), its state filled by the murmur3 finaliser over a Weyl sequence; normals by Box & Muller 1958.
 */
const GOLDEN_RATIO = 0x9e3779b9;
const TWO_TO_MINUS_32 = 2 ** -32;

/** Spreads every bit of a 32-bit word over all of them (the finaliser of murmur3). */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Throws unless `seed` is an integer that a double holds exactly; `who` opens the message. */
export function checkSeed(who: string, seed: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw new Error(`${who}: seed must be an integer, got ${seed}. Pass a whole number, e.g. seed: 0.`);
  }
}

/**
 * A deterministic stream of random numbers: the same `seed` and `stream` give the same numbers on every machine.
 * Streams of one seed are unrelated (a loader uses its epoch as the stream). Not for cryptography.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private spare: number | null = null;

  constructor(seed: number, stream = 0) {
    checkSeed('Random', seed);
    checkSeed('Random', stream);
    const high = (value: number): number => Math.floor(value / 2 ** 32) | 0;
    let key = mix(seed | 0) ^ GOLDEN_RATIO;
    for (const word of [high(seed), stream | 0, high(stream)]) key = mix(key ^ word) + GOLDEN_RATIO;
    const next = (): number => mix((key = (key + GOLDEN_RATIO) | 0));
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1; // the all-zero state is the generator's one fixed point
  }

  /** 32 random bits, as an integer in [0, 2^32). */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotateLeft(this.d, 11);
    return result;
  }

  /** A number in [low, high), in steps of 2^-32 of the range. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.uint32() * TWO_TO_MINUS_32;
  }

  /** A normally distributed number. */
  normal(mean = 0, deviation = 1): number {
    if (this.spare !== null) {
      const spare = this.spare;
      this.spare = null;
      return mean + deviation * spare;
    }
    const radius = Math.sqrt(-2 * Math.log((this.uint32() + 1) * TWO_TO_MINUS_32));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return mean + deviation * radius * Math.cos(angle);
  }

  /** An integer in [0, bound), every one equally likely. `bound` is at most 2^32. */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new Error(`Random.integer: bound must be an integer from 1 to 2^32, got ${bound}.`);
    }
    // Values below `remainder` would make some results likelier than others; they are drawn again.
    const remainder = 2 ** 32 % bound;
    let value = this.uint32();
    while (value < remainder) value = this.uint32();
    return value % bound;
  }

  /** The numbers 0 .. count - 1 in random order (Fisher & Yates, from the inside out). */
  permutation(count: number): Int32Array {
    const order = new Int32Array(count);
    for (let i = 1; i < count; i++) {
      const other = this.integer(i + 1);
      order[i] = order[other] ?? 0;
      order[other] = i;
    }
    return order;
  }
}
