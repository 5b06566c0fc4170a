/** What the model says of pairs: of all test pairs, and of one pair with words taken out of it. Knows no page. */
import { metrics, tensor, type Tensor } from '../../src/index.ts';
import { evaluating, partsOf, type Task } from '../shared/task.ts';
import type { PairData } from './pairs.ts';
import { isRnnTask, type RnnTask } from './recipe.ts';

export type WordPair = readonly [first: readonly string[], second: readonly string[]];

export interface PairsTask extends RnnTask {
  readonly data: PairData;
}

/** Stages are given whatever task is in hand; those of pairs know their own. */
export function isPairsTask(task: Task): task is PairsTask {
  return isRnnTask(task) && task.data.kind === 'pairs';
}

/** What the model reads of pairs of lists of words. */
export function encodePairs({ data: { encode } }: PairsTask, pairs: readonly WordPair[]): Tensor {
  const { data, shape } = encode(
    pairs.map(([first]) => first),
    pairs.map(([, second]) => second),
  );
  return tensor(data, { shape: [...shape] });
}

export interface PairsLook {
  /** Of each scored test pair, the probability that both sentences say the same. */
  readonly chances: Float32Array;
  readonly scores: metrics.BinaryScores;
}

export async function readPairs({ model, data: { test }, testScored }: PairsTask): Promise<PairsLook> {
  const { x, size } = testScored;
  const reads = evaluating(model, () =>
    partsOf(testScored).map(([from, to]) =>
      model
        .forward(x.slice(0, from, to))
        .softmax(1)
        .data(),
    ),
  );
  const chances = Float32Array.from((await Promise.all(reads)).flatMap((part) => sameOf(part)));
  const said = Int32Array.from(chances, (chance) => Number(chance > 0.5));
  return { chances, scores: metrics.binaryScores(said, test.labels.slice(0, size)) };
}

/** Of rows [not, same]. */
function sameOf(chances: ArrayLike<number>): number[] {
  return Array.from({ length: chances.length / 2 }, (_, row) => chances[2 * row + 1] ?? 0);
}

/** A word's sentence, 0 or 1, and its place in it. */
export interface Place {
  readonly sentence: 0 | 1;
  readonly at: number;
}

export interface PairLook {
  /** The words that were looked at, none of them struck out. */
  readonly pair: WordPair;
  /** With all words. */
  readonly whole: number;
  /** Without those that are struck out. */
  readonly now: number;
  /** By sentence and word: the probability if that word, too, went, or came back where it is struck out. */
  readonly turned: readonly [readonly number[], readonly number[]];
}

/** Null where a sentence has no word left. */
export async function readPair(
  task: PairsTask,
  pair: WordPair,
  isStruck: (place: Place) => boolean,
): Promise<PairLook | null> {
  const kept = (turned: Place | null): WordPair => {
    const keep = (sentence: 0 | 1): readonly string[] => {
      const words = pair[sentence].filter((_, at) => {
        const struck = isStruck({ sentence, at });
        return turned?.sentence === sentence && turned.at === at ? struck : !struck;
      });
      // The only word of a sentence cannot be taken out: it stays.
      return words.length > 0 ? words : pair[sentence].slice(0, 1);
    };
    return [keep(0), keep(1)];
  };
  if (pair[0].length === 0 || pair[1].length === 0) return null;
  const places = ([0, 1] as const).flatMap((sentence) => pair[sentence].map((_, at): Place => ({ sentence, at })));
  const asked = [pair, kept(null), ...places.map(kept)];
  const [whole, now, ...turned] = sameOf(
    await evaluating(task.model, () => task.model.forward(encodePairs(task, asked)).softmax(1).data()),
  );
  const first = pair[0].length;
  return { pair, whole: whole ?? 0, now: now ?? 0, turned: [turned.slice(0, first), turned.slice(first)] };
}
