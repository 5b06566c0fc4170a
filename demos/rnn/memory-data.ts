/**
 * Sequences of which one symbol is marked; at the end the question is which. The answer may lie any number of steps
 * back, so that what a network gets right tells how far its memory reaches. Knows no model.
 */
export const SYMBOLS = 8;
/** Each symbol, and each of them marked. */
export const MEMORY_VOCABULARY = 2 * SYMBOLS;

export interface Marked {
  /** int32 [count, length]: a symbol, or SYMBOLS + the symbol that is marked. */
  readonly symbols: Int32Array;
  /** int32 [count, answers]: the marked symbol, as often as it is asked for. */
  readonly answers: Int32Array;
  /** The step of the mark. */
  readonly places: Int32Array;
}

/** @param answers how many models are asked for the same symbol */
export function markedSequences(options: { count: number; length: number; answers: number; seed: number }): Marked {
  const { count, length, seed } = options;
  const random = randomOf(seed);
  const symbols = Int32Array.from({ length: count * length }, () => Math.floor(random() * SYMBOLS));
  const places = Int32Array.from({ length: count }, () => Math.floor(random() * length));
  const answers = new Int32Array(count * options.answers);
  places.forEach((place, row) => {
    const at = row * length + place;
    const symbol = symbols[at] ?? 0;
    symbols[at] = symbol + SYMBOLS;
    answers.fill(symbol, row * options.answers, (row + 1) * options.answers);
  });
  return { symbols, answers, places };
}

/** From 0 to 1: mulberry32. */
function randomOf(seed: number): () => number {
  let state = (seed + 0x9e3779b9) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
