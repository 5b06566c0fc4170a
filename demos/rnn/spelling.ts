/** How a text that a reader types comes to what the task in hand reads: words, characters or marked symbols. */
import { tensor, text, type Tensor } from '../../src/index.ts';
import type { Task } from '../shared/task.ts';
import { SYMBOLS } from './memory-data.ts';
import { isMemoryTask } from './memory-task.ts';
import { encodePairs, isPairsTask } from './pairs-probe.ts';
import { isRnnTask } from './recipe.ts';

export interface Spelling {
  readonly label: string;
  readonly sample: string;
  readonly hint: string;
  /** The steps of a typed text. */
  readonly steps: (typed: string) => readonly string[];
  /** What the model reads; the sequence is its first row. */
  readonly input: (steps: readonly string[]) => Tensor;
}

const MOST_CHARACTERS = 60;
const LETTERS = Array.from({ length: 2 * SYMBOLS }, (_, symbol) => {
  const letter = String.fromCharCode(97 + (symbol % SYMBOLS));
  return symbol < SYMBOLS ? letter : letter.toUpperCase();
});

export function spellingOf(task: Task): Spelling | null {
  if (isMemoryTask(task)) {
    return {
      label: 'Symbols',
      sample: [...task.first].map((symbol) => LETTERS[symbol]).join(''),
      hint: `Letters from a to ${LETTERS[SYMBOLS - 1]}; the capital is the one to remember.`,
      steps: (typed) =>
        text
          .characters(typed)
          .filter((letter) => LETTERS.includes(letter))
          .slice(0, 2 * MOST_CHARACTERS),
      input: (steps) => row(steps.map((letter) => LETTERS.indexOf(letter))),
    };
  }
  if (isPairsTask(task)) {
    const { test, cut } = task.data;
    return {
      label: 'Sentence',
      sample: test.first[0] ?? '',
      hint: 'Words as the network sees them; those that it does not know are all the same to it.',
      steps: (typed) => cut(typed).slice(0, task.config.length),
      input: (steps) => encodePairs(task, [[steps, steps]]),
    };
  }
  if (isRnnTask(task) && task.data.kind === 'characters') {
    const { vocabulary, opening } = task.data;
    return {
      label: 'Text',
      sample: opening.replaceAll('\n', ' '),
      hint: 'Each step is a character.',
      steps: (typed) => text.characters(typed).slice(0, MOST_CHARACTERS),
      input: (steps) => row([...vocabulary.encode(steps)]),
    };
  }
  return null;
}

function row(ids: readonly number[]): Tensor {
  return tensor(Int32Array.from(ids), { shape: [1, ids.length] });
}
