/**
 * Questions about the range of integers, as far as the host knows it: whether ids, labels or lengths fit.
 *
 * A compiled step keeps the questions that its trace asked of its arguments. Each later call asks them again, and one
 * that gets another answer is traced by itself, so that what a step refuses or leaves out is decided for every batch.
 */
import { engine } from './engine.ts';
import type { Tensor } from './tensor.ts';
import type { Value } from './value.ts';

export type Answer = boolean | number;
type Question = (least: number, greatest: number) => Answer;

export interface Asked {
  readonly of: Value;
  readonly question: Question;
  readonly answer: Answer;
}

/** The answer to a question about the least and greatest element of x; `unknown` where only the GPU knows these. */
export function ask<A extends Answer>(x: Tensor, question: (least: number, greatest: number) => A, unknown: A): A {
  const of = x.value;
  if (!of.bounds) return unknown;
  const answer = question(...of.bounds);
  engine().asked?.push({ of, question, answer });
  return answer;
}

/** @throws Error in the words of `message` where an element of x is below `least` or above `greatest`. */
export function checkRange(
  x: Tensor,
  least: number,
  greatest: number,
  message: (least: number, greatest: number) => string,
): void {
  if (ask(x, (low, high) => low < least || high > greatest, false)) throw new Error(message(...x.value.bounds!));
}
