/**
 * Generated points in the plane for classifiers: spirals, moons, circles, blobs, xor.
 *
 * Everything is plain arrays, because a page draws the points that the model trains on. Coordinates lie about in
 * [-1, 1] x [-1, 1]; `noise` is a standard deviation in the same unit. Examples are in random order and the classes
 * differ in size by at most one.
 */
import type { HostField } from '../collate.ts';
import { Random } from '../random.ts';

export interface PointsOptions {
  /** How many points. Default 500. */
  n?: number;
  /** Standard deviation of what is added to each coordinate. */
  noise?: number;
  /** Default 0. */
  seed?: number;
}

export interface ClassPointsOptions extends PointsOptions {
  /** How many classes. */
  classes?: number;
}

/** Labelled points: `new TensorDataset(points.inputs, points.labels)` makes a dataset of them. */
export interface LabelledPoints {
  /** [n, 2] */
  readonly inputs: HostField & { readonly data: Float32Array };
  /** [n] */
  readonly labels: HostField & { readonly data: Int32Array };
  readonly classes: number;
}

type Place = (label: number, random: Random) => readonly [number, number];

function scatter(name: string, options: Required<ClassPointsOptions>, least: number, place: Place): LabelledPoints {
  const { n, noise, seed, classes } = options;
  if (!Number.isInteger(classes) || classes < least) {
    throw new Error(`${name}: classes must be a whole number of at least ${least}, got ${classes}.`);
  }
  if (!Number.isInteger(n) || n < classes) {
    throw new Error(`${name}: n must be a whole number of at least ${classes}, one point a class; got ${n}.`);
  }
  if (!Number.isFinite(noise) || noise < 0) {
    throw new Error(`${name}: noise must be a finite number of at least 0, got ${noise}.`);
  }
  const random = new Random(seed);
  const points = new Float32Array(2 * n);
  const labels = random.permutation(n).map((index) => index % classes);
  labels.forEach((label, i) => {
    const [x, y] = place(label, random);
    points[2 * i] = x + noise * random.normal();
    points[2 * i + 1] = y + noise * random.normal();
  });
  return { inputs: { data: points, shape: [n, 2] }, labels: { data: labels, shape: [n] }, classes };
}

/** Spiral arms around the origin, one a class, 1.75 half turns each. Default two classes, noise 0.04. */
export function spirals(options: ClassPointsOptions = {}): LabelledPoints {
  const { n = 500, noise = 0.04, seed = 0, classes = 2 } = options;
  return scatter('spirals', { n, noise, seed, classes }, 2, (label, random) => {
    const along = random.uniform();
    const angle = 1.75 * Math.PI * along + (2 * Math.PI * label) / classes;
    const radius = 0.08 + 0.87 * along;
    return [radius * Math.sin(angle), radius * Math.cos(angle)];
  });
}

/** Two half circles that reach into one another. Default noise 0.06. */
export function moons(options: PointsOptions = {}): LabelledPoints {
  const { n = 500, noise = 0.06, seed = 0 } = options;
  return scatter('moons', { n, noise, seed, classes: 2 }, 2, (label, random) => {
    const angle = random.uniform(0, Math.PI);
    const side = label === 0 ? 1 : -1;
    return [0.55 * Math.cos(angle) * side - 0.275 * side, 0.55 * Math.sin(angle) * side - 0.14 * side];
  });
}

/** Rings around the origin, one a class. Default two classes, noise 0.05. */
export function circles(options: ClassPointsOptions = {}): LabelledPoints {
  const { n = 500, noise = 0.05, seed = 0, classes = 2 } = options;
  return scatter('circles', { n, noise, seed, classes }, 2, (label, random) => {
    const angle = random.uniform(0, 2 * Math.PI);
    const radius = (0.85 * (label + 1)) / classes;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Normally distributed clusters with centres on a circle, one a class. Default three classes, noise 0.15. */
export function blobs(options: ClassPointsOptions = {}): LabelledPoints {
  const { n = 500, noise = 0.15, seed = 0, classes = 3 } = options;
  return scatter('blobs', { n, noise, seed, classes }, 2, (label) => {
    const angle = 2 * Math.PI * (label / classes) + 0.25 * Math.PI;
    return [0.6 * Math.cos(angle), 0.6 * Math.sin(angle)];
  });
}

/** The four quadrants, of which opposite ones share a class. Default noise 0.03. */
export function xor(options: PointsOptions = {}): LabelledPoints {
  const { n = 500, noise = 0.03, seed = 0 } = options;
  return scatter('xor', { n, noise, seed, classes: 2 }, 2, (label, random) => {
    const x = random.uniform(0.06, 0.95) * (random.integer(2) === 0 ? 1 : -1);
    const y = random.uniform(0.06, 0.95) * Math.sign(x) * (label === 0 ? 1 : -1);
    return [x, y];
  });
}
