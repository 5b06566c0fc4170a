/**
 * Beam search: the most probable continuations of a beginning, a few of them kept at each step. Knows no model: it asks
 * for the log-probabilities of what comes next.
 */
export interface BeamOptions {
  /** How many beginnings are kept. Default 4. */
  width?: number;
  /** Ids that are added at most. */
  maxLength: number;
  /** A sequence that got it is complete; none is unless it is given. */
  end?: number;
  /**
   * Complete sequences are compared by log-probability / ((5 + length) / 6)^penalty, so that short ones have no
   * advantage. Wu et al. 2016, arXiv:1609.08144. Default 0: by log-probability.
   */
  lengthPenalty?: number;
}

export interface Beam {
  /** What was added behind the beginning, the end token included. */
  readonly ids: readonly number[];
  /** Of all that was added. */
  readonly logProbability: number;
  /** What the beams are ordered by. */
  readonly score: number;
}

/** Log-probabilities of the next id, [beginnings, classes], row after row. */
export type NextLogProbabilities = (sequences: readonly (readonly number[])[]) => Promise<Float32Array> | Float32Array;

/**
 * @param start the beginning, which each sequence that `next` is asked about starts with
 * @returns at most `width` sequences, the best first
 * @throws Error for options that are no sizes, or where `next` gives another number of classes than before.
 */
export async function beamSearch(
  next: NextLogProbabilities,
  start: readonly number[],
  { width = 4, maxLength, end, lengthPenalty = 0 }: BeamOptions,
): Promise<Beam[]> {
  for (const [name, value] of Object.entries({ width, maxLength }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`beamSearch: ${name} must be a whole number from 1, got ${value}.`);
  const beam = (ids: readonly number[], logProbability: number): Beam => {
    const score = logProbability / ((5 + ids.length) / 6) ** lengthPenalty;
    return { ids, logProbability, score };
  };
  let open: Beam[] = [beam([], 0)];
  const complete: Beam[] = [];
  for (let step = 0; step < maxLength && open.length > 0; step++) {
    const rows = await next(open.map(({ ids }) => [...start, ...ids]));
    const classes = rows.length / open.length;
    if (!Number.isInteger(classes) || classes < 1)
      throw new Error(
        `beamSearch: ${rows.length} log-probabilities for ${open.length} sequences. Give a row of all classes each.`,
      );
    const longer = open
      .flatMap(({ ids, logProbability }, row) =>
        best(rows.subarray(row * classes, (row + 1) * classes), width).map((id) =>
          beam([...ids, id], logProbability + rows[row * classes + id]!),
        ),
      )
      .sort((a, b) => b.logProbability - a.logProbability)
      .slice(0, width);
    complete.push(...longer.filter(({ ids }) => ids.at(-1) === end));
    open = longer.filter(({ ids }) => ids.at(-1) !== end);
  }
  return [...complete, ...open].sort((a, b) => b.score - a.score).slice(0, width);
}

/** Positions of the greatest values, the greatest first. */
function best(values: Float32Array, count: number): number[] {
  return Array.from(values, (_, id) => id)
    .sort((a, b) => values[b]! - values[a]!)
    .slice(0, count);
}
