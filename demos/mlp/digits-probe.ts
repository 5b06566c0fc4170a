/**
 * What the pictures of digits show of a task: its test digits, read back once, the network's answers on them or on one
 * that somebody drew, and the weights of its first layer. Knows no canvas.
 */
import { nn, tensor } from '../../src/index.ts';
import { answersOf, type Answers } from '../shared/confusion.ts';
import { evaluating, type Task } from '../shared/task.ts';
import { INK } from './examples.ts';
import { isMlpTask, type MlpTask } from './recipe.ts';

export const PIXELS = 784;
export const CLASSES = 10;
export const DIGITS: readonly string[] = Array.from({ length: CLASSES }, (_, digit) => String(digit));

export interface Gallery {
  /** [size, 784], from 0 (paper) to 1 (ink) */
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

export function isDigitsTask(task: Task | null): task is MlpTask {
  return task !== null && isMlpTask(task) && task.config.mode === 'digits';
}

const galleries = new WeakMap<MlpTask['testScored']['x'], Promise<Gallery>>();

/** The digits that the task is tested on, read back once for each set of them. */
export function readGallery({ testScored: { x, y, size } }: MlpTask): Promise<Gallery> {
  const known = galleries.get(x);
  if (known) return known;
  const reading = Promise.all([x.slice(0, 0, size).data(), y.slice(0, 0, size).data()]).then(([images, labels]) => ({
    images: Float32Array.from(images, (value) => value * INK.std + INK.mean),
    labels: Int32Array.from(labels),
  }));
  galleries.set(x, reading);
  return reading;
}

export async function readAnswers({ model, classes, testScored: { x, size } }: MlpTask): Promise<Answers> {
  const chances = evaluating(model, () =>
    model
      .forward(x.slice(0, 0, size))
      .softmax(1)
      .data(),
  );
  return answersOf(Float32Array.from(await chances), classes);
}

/** The class probabilities of one picture, [784] from 0 to 1. */
export async function readChances({ model }: MlpTask, ink: Float32Array): Promise<Float32Array> {
  const input = tensor(
    ink.map((value) => (value - INK.mean) / INK.std),
    { shape: [1, PIXELS] },
  );
  const chances = await evaluating(model, () => model.forward(input).softmax(1).data());
  input.dispose();
  return Float32Array.from(chances);
}

/** [units, 784] of at most `most` units of the first layer. */
export async function readWeights({ model }: MlpTask, most: number): Promise<Float32Array> {
  const first = model
    .children()
    .map(([, layer]) => layer)
    .find((layer) => layer instanceof nn.Linear);
  if (!first) return new Float32Array();
  return Float32Array.from(await first.weight.slice(0, 0, Math.min(most, first.weight.shape[0] ?? 0)).data());
}
