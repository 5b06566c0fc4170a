/**
 * Digits that look handwritten, drawn on the spot: an embedded stand-in for MNIST that needs no download.
 *
 * Each digit is one of the styles of `strokes.ts`, its points moved a little, bent by a smooth field, slanted, turned
 * and inked with a pen of random width. Pictures are plain arrays; making a dataset of them is the caller's.
 */
import type { HostField } from '../collate.ts';
import { Random } from '../random.ts';
import { inkStrokes } from './pen.ts';
import { digitStyles } from './strokes.ts';

export interface DigitsOptions {
  /** How many digits. Default 1000. */
  n?: number;
  /** How far the writing strays from its styles: 0 not at all, 1 as people do. Default 1. */
  variation?: number;
  /** Default 0. */
  seed?: number;
}

/** Labelled pictures: `new TensorDataset(digits.inputs, digits.labels)` makes a dataset of them. */
export interface LabelledDigits {
  /** [n, 1, 28, 28], from 0 (paper) to 1 (ink). */
  readonly inputs: HostField & { readonly data: Float32Array };
  /** [n] */
  readonly labels: HostField & { readonly data: Int32Array };
  readonly classes: 10;
}

const SIZE = 28;
const SAMPLES_A_SPAN = 6;

interface Stroke {
  /** x and y by turns, in a unit box. */
  readonly points: Float32Array;
  readonly corners: readonly boolean[];
}

type Style = readonly Stroke[];

function parseStroke(text: string): Stroke {
  const words = text.split(' ');
  const points = words.flatMap((word) =>
    word
      .replace('!', '')
      .split(',')
      .map((value) => Number(value) / 100),
  );
  return {
    points: Float32Array.from(points),
    corners: words.map((word, i) => word.endsWith('!') || i === 0 || i === words.length - 1),
  };
}

/** Draws `n` digits, of each about as many, in random order. */
export function digits(options: DigitsOptions = {}): LabelledDigits {
  const { n = 1000, variation = 1, seed = 0 } = options;
  if (!Number.isInteger(n) || n < 1) throw new Error(`digits: n must be a whole number of at least 1, got ${n}.`);
  if (!Number.isFinite(variation) || variation < 0) {
    throw new Error(`digits: variation must be a finite number of at least 0, got ${variation}.`);
  }
  const random = new Random(seed);
  const styles = digitStyles.map((digit) => digit.map((style) => style.map(parseStroke)));
  const labels = random.permutation(n).map((index) => index % 10);
  const pixels = new Float32Array(n * SIZE * SIZE);
  labels.forEach((label, i) => pixels.set(draw(styles[label] ?? [], random, variation), i * SIZE * SIZE));
  return { inputs: { data: pixels, shape: [n, 1, SIZE, SIZE] }, labels: { data: labels, shape: [n] }, classes: 10 };
}

/** A digit in one of the styles, as 28 * 28 grey levels. */
function draw(choices: readonly Style[], random: Random, variation: number): Float32Array {
  const style = choices[random.integer(choices.length)] ?? [];
  const bend = bending(random, variation);
  const lines = style.map((stroke) => {
    const line = smooth(moved(stroke, random, variation));
    for (let i = 0; i < line.length; i += 2) bend(line, i);
    return line;
  });
  const radius = 1.25 * Math.exp(0.26 * variation * random.normal());
  return inkStrokes(lines, { radius: Math.min(Math.max(radius, 0.7), 2.1), softness: random.uniform(0.8, 1.5) });
}

/** The stroke with each point moved a little, its ends more. */
function moved({ points, corners }: Stroke, random: Random, variation: number): Stroke {
  const last = points.length - 2;
  const jitter = (value: number, i: number): number =>
    value + (i < 2 || i >= last ? 0.04 : 0.016) * variation * random.normal();
  return { points: points.map(jitter), corners };
}

/** Cubic Hermite curve through the points with Catmull-Rom tangents, one-sided at corners. */
function smooth({ points, corners }: Stroke): Float32Array {
  const spans = corners.length - 1;
  const line = new Float32Array(2 * (spans * SAMPLES_A_SPAN + 1));
  const at = (point: number, axis: number): number => points[2 * point + axis] ?? 0;
  for (let axis = 0; axis < 2; axis++) {
    for (let span = 0; span < spans; span++) {
      const from = at(span, axis);
      const to = at(span + 1, axis);
      const leaving = corners[span] ? to - from : (to - at(span - 1, axis)) / 2;
      const arriving = corners[span + 1] ? to - from : (at(span + 2, axis) - from) / 2;
      for (let step = 0; step < SAMPLES_A_SPAN; step++) {
        const t = step / SAMPLES_A_SPAN;
        const u = 1 - t;
        line[2 * (span * SAMPLES_A_SPAN + step) + axis] =
          u * u * (1 + 2 * t) * from + u * u * t * leaving + t * t * (3 - 2 * t) * to - t * t * u * arriving;
      }
    }
    line[line.length - 2 + axis] = at(spans, axis);
  }
  return line;
}

/** A smooth field that bends the writing, then a random slant, turn and proportion: moves the point at `i` in place. */
function bending(random: Random, variation: number): (line: Float32Array, i: number) => void {
  const waves = Array.from({ length: 3 }, () => ({
    alongX: random.normal(0, 3),
    alongY: random.normal(0, 3),
    phase: random.uniform(0, 2 * Math.PI),
    moveX: random.normal(0, 0.04 * variation),
    moveY: random.normal(0, 0.04 * variation),
  }));
  const slant = variation * random.normal(0.12, 0.2);
  const turn = variation * random.normal(0, 0.13);
  const width = 0.78 * Math.exp(variation * random.normal(0, 0.17));
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  return (line, i) => {
    const [x = 0, y = 0] = [line[i], line[i + 1]];
    let [bentX, bentY] = [x - 0.5, y - 0.5];
    for (const wave of waves) {
      const height = Math.sin(wave.alongX * x + wave.alongY * y + wave.phase);
      bentX += wave.moveX * height;
      bentY += wave.moveY * height;
    }
    const slanted = width * bentX - slant * bentY;
    line[i] = cosine * slanted - sine * bentY;
    line[i + 1] = sine * slanted + cosine * bentY;
  };
}
