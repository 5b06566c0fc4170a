/**
 * What the digits stage shows of a task: its test digits, read back once, the network's answers on them, and the
 * weights of its first layer. Knows no canvas.
 */
import { nn } from '../../src/index.ts';
import { evaluating } from '../shared/task.ts';
import { INK } from './examples.ts';
import type { MlpTask } from './recipe.ts';

export const PIXELS = 784;
export const GALLERY = 40;
export const UNITS = 24;

export interface Gallery {
  /** [GALLERY, 784], from 0 (paper) to 1 (ink) */
  readonly images: Float32Array;
  /** Of every scored digit, not only of those in the gallery. */
  readonly labels: Int32Array;
}

export interface DigitsLook {
  /** The class answered for every scored test digit. */
  readonly answers: Int32Array;
  /** [units, 784] of at most UNITS units of the first layer. */
  readonly weights: Float32Array;
}

export async function readGallery({ testScored: { x, y, size } }: MlpTask): Promise<Gallery> {
  const [images, labels] = await Promise.all([
    x.slice(0, 0, Math.min(size, GALLERY)).data(),
    y.slice(0, 0, size).data(),
  ]);
  return { images: Float32Array.from(images, (value) => value * INK.std + INK.mean), labels: Int32Array.from(labels) };
}

export async function lookAtDigits({ model, testScored: { x, size } }: MlpTask): Promise<DigitsLook> {
  const [answers, weights] = evaluating(model, () => {
    const first = model
      .children()
      .map(([, layer]) => layer)
      .find((layer) => layer instanceof nn.Linear);
    const units = first?.weight.shape[0] ?? 0;
    return [
      model
        .forward(x.slice(0, 0, size))
        .argmax(1)
        .data(),
      first?.weight.slice(0, 0, Math.min(units, UNITS)).data() ?? Promise.resolve(new Float32Array()),
    ];
  });
  return { answers: Int32Array.from(await answers), weights: Float32Array.from(await weights) };
}

/** counts[actual * 10 + answered] */
export function confusion(labels: Int32Array, answers: Int32Array): Int32Array {
  const counts = new Int32Array(100);
  labels.forEach((label, i) => {
    const cell = label * 10 + (answers[i] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  return counts;
}
