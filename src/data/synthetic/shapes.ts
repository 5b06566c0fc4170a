/**
 * Pictures of shapes, drawn on the spot: an embedded stand-in for CIFAR-10 that needs no download.
 *
 * Ten shapes in any colour on any ground, turned, scaled, moved and noisy, so that neither colour nor place tells them
 * apart: only their form does. Pictures are bytes; making a dataset of them is the caller's.
 */
import { Random } from '../random.ts';

export interface ShapesOptions {
  /** How many pictures. Default 1000. */
  n?: number;
  /** How much they differ: 0 only in colour, 1 as intended. Default 1. */
  variation?: number;
  /** Default 0. */
  seed?: number;
}

/** Labelled pictures: `new ImageDataset(pixels, labels, shape)` makes a dataset of them. */
export interface LabelledShapes {
  /** Picture after picture, each 3 planes of 32 rows of 32 bytes. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly shape: readonly [3, 32, 32];
  readonly classes: readonly string[];
}

const SIZE = 32;
const PIXELS = SIZE * SIZE;

/** Whether a point lies in the shape, which fills about the square from -1 to 1. */
type Form = (x: number, y: number) => boolean;

const box = (x: number, y: number): number => Math.max(Math.abs(x), Math.abs(y));

/** Of a star with `points` points: how far its edge is from the middle, in the direction of (x, y). */
function starEdge(x: number, y: number, points: number, inner: number): number {
  const sector = Math.PI / points;
  const angle = Math.abs((((Math.atan2(x, -y) % (2 * sector)) + 3 * sector) % (2 * sector)) - sector);
  // The line from a point (1, at angle 0) to the dent beside it (inner, at angle sector).
  const [cx, cy] = [Math.cos(sector) * inner, Math.sin(sector) * inner];
  return cy / (cy * Math.cos(angle) + (1 - cx) * Math.sin(angle));
}

const FORMS: Readonly<Record<string, Form>> = {
  disc: (x, y) => Math.hypot(x, y) < 0.9,
  ring: (x, y) => Math.abs(Math.hypot(x, y) - 0.75) < 0.2,
  square: (x, y) => box(x, y) < 0.78,
  frame: (x, y) => Math.abs(box(x, y) - 0.65) < 0.18,
  triangle: (x, y) => y < 0.65 && y > -0.9 + 1.75 * Math.abs(x),
  star: (x, y) => Math.hypot(x, y) < starEdge(x, y, 5, 0.4),
  plus: (x, y) => box(x, y) < 0.9 && Math.min(Math.abs(x), Math.abs(y)) < 0.26,
  moon: (x, y) => Math.hypot(x, y) < 0.9 && Math.hypot(x - 0.45, y) > 0.72,
  heart: (x, y) => {
    const [u, v] = [x * 1.15, 0.25 - y * 1.15];
    return (u * u + v * v - 0.6) ** 3 < u * u * v ** 3 * 1.4;
  },
  arrow: (x, y) => (y < 0 ? -y + Math.abs(x) < 0.9 && y > -0.9 : Math.abs(x) < 0.28 && y < 0.9),
};

const CLASSES = Object.keys(FORMS);

/** Draws `n` shapes, of each about as many, in random order. */
export function shapes(options: ShapesOptions = {}): LabelledShapes {
  const { n = 1000, variation = 1, seed = 0 } = options;
  if (!Number.isInteger(n) || n < 1) throw new Error(`shapes: n must be a whole number of at least 1, got ${n}.`);
  if (!Number.isFinite(variation) || variation < 0 || variation > 2)
    throw new Error(`shapes: variation must be from 0 to 2, got ${variation}.`);
  const random = new Random(seed);
  const labels = random.permutation(n).map((index) => index % CLASSES.length);
  const pixels = new Uint8Array(n * 3 * PIXELS);
  labels.forEach((label, i) => {
    draw(FORMS[CLASSES[label]!]!, random, variation, pixels.subarray(i * 3 * PIXELS, (i + 1) * 3 * PIXELS));
  });
  return { pixels, labels, shape: [3, SIZE, SIZE], classes: CLASSES };
}

type Colour = readonly [number, number, number];

/** Two colours that can be told apart. */
function colours(random: Random): [ink: Colour, ground: Colour] {
  const one = (): Colour => [random.uniform(0, 1), random.uniform(0, 1), random.uniform(0, 1)];
  const ground = one();
  for (;;) {
    const ink = one();
    if (Math.hypot(...ink.map((value, channel) => value - ground[channel]!)) > 0.5) return [ink, ground];
  }
}

function draw(form: Form, random: Random, variation: number, into: Uint8Array): void {
  const [ink, ground] = colours(random);
  const within = (most: number): number => random.uniform(-most, most) * variation;
  const radius = 9.5 + within(3);
  const middle = [SIZE / 2 + within(5), SIZE / 2 + within(5)] as const;
  const angle = within(0.35);
  const [sine, cosine] = [Math.sin(angle) / radius, Math.cos(angle) / radius];
  const slope = [within(0.3), within(0.3)] as const;
  const noise = 0.06 * variation;
  for (let at = 0; at < PIXELS; at++) {
    const [row, column] = [Math.floor(at / SIZE), at % SIZE];
    // A pixel is as much ink as of its four quarters lie in the shape.
    let share = 0;
    for (let quarter = 0; quarter < 4; quarter++) {
      const dx = column + 0.25 + 0.5 * (quarter % 2) - middle[0];
      const dy = row + 0.25 + 0.5 * (quarter >> 1) - middle[1];
      if (form(cosine * dx + sine * dy, cosine * dy - sine * dx)) share += 0.25;
    }
    const light = (slope[0] * (column - SIZE / 2) + slope[1] * (row - SIZE / 2)) / SIZE;
    for (let channel = 0; channel < 3; channel++) {
      const value = ground[channel]! + share * (ink[channel]! - ground[channel]!) + light + noise * random.normal();
      into[channel * PIXELS + at] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }
}
