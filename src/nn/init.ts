/**
 * Initialisation of parameters, in place, as torch.nn.init. All return the tensor.
 */
import {
  abandonWrites,
  engine,
  flush,
  makeAvailable,
  noGrad,
  numel,
  show,
  Tensor,
  type HostArray,
} from '../graph/index.ts';
import { full, rand, randn } from '../ops/index.ts';
import { computeInto } from './compute-into.ts';
import { stage, type StateEntry } from './state-dict.ts';

/** Computes new values into a parameter or buffer. */
function fill<T extends Tensor>(x: T, name: string, values: () => StateEntry | Tensor): T {
  const { storage } = x.value;
  if (!storage)
    throw new Error(`${name}: tensor ${show(x.shape)} has no memory of its own. Pass a parameter or a buffer.`);
  const start = noGrad(values);
  // Nobody will see what a new parameter would start with.
  const isNew = storage.awaited;
  if (isNew) abandonWrites(new Set([storage]));
  makeAvailable(engine(), x.value, name, flush);
  if (isNew && start instanceof Tensor) computeInto(storage, start);
  else noGrad(() => stage([{ from: start, to: x }]));
  return x;
}

const host = (x: Tensor, data: HostArray): StateEntry => ({ shape: x.shape, data });

/** Uniform on [low, high). */
export function uniform<T extends Tensor>(x: T, low = 0, high = 1): T {
  return fill(x, 'uniform', () =>
    rand(x.shape)
      .mul(high - low)
      .add(low),
  );
}

export function normal<T extends Tensor>(x: T, mean = 0, std = 1): T {
  return fill(x, 'normal', () => randn(x.shape).mul(std).add(mean));
}

export function constant<T extends Tensor>(x: T, value: number): T {
  return fill(x, 'constant', () => full(x.shape, value));
}

export function zeros<T extends Tensor>(x: T): T {
  return constant(x, 0);
}

export function ones<T extends Tensor>(x: T): T {
  return constant(x, 1);
}

function requireMatrix(name: string, x: Tensor, least = 2): void {
  if (x.ndim < least || (name === 'eye' && x.ndim !== 2))
    throw new Error(`${name}: needs ${name === 'eye' ? '' : 'at least '}2 axes, got ${show(x.shape)}.`);
}

/** The identity matrix, as far as it reaches. */
export function eye<T extends Tensor>(x: T): T {
  requireMatrix('eye', x);
  const cols = x.shape[1]!;
  const data = Float32Array.from({ length: x.numel }, (_, at) => Number(Math.floor(at / cols) === at % cols));
  return fill(x, 'eye', () => host(x, data));
}

/** Numbers that go into an output of a weight [out, in, ...], and outputs that an input goes into. */
export function calculateFanInAndFanOut(x: Tensor): [fanIn: number, fanOut: number] {
  requireMatrix('calculateFanInAndFanOut', x);
  const [out, into, ...field] = x.shape;
  return [into! * numel(field), out! * numel(field)];
}

export type Nonlinearity = 'linear' | 'conv' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/** The factor by which weights before a nonlinearity are larger, so that what follows keeps its variance. */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  const gains: Record<Nonlinearity, number> = {
    linear: 1,
    conv: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + param ** 2)),
    selu: 3 / 4,
  };
  if (!(nonlinearity in gains))
    throw new Error(`calculateGain: unknown nonlinearity ${nonlinearity}. Use ${Object.keys(gains).join(', ')}.`);
  return gains[nonlinearity];
}

/** Glorot & Bengio 2010. */
export function xavierUniform<T extends Tensor>(x: T, gain = 1): T {
  const bound = Math.sqrt(3) * xavierStd(x, gain);
  return uniform(x, -bound, bound);
}

export function xavierNormal<T extends Tensor>(x: T, gain = 1): T {
  return normal(x, 0, xavierStd(x, gain));
}

function xavierStd(x: Tensor, gain: number): number {
  const [fanIn, fanOut] = calculateFanInAndFanOut(x);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

export interface KaimingOptions {
  /** Negative slope, for leakyRelu. */
  a?: number;
  /** Keep the variance forward or backward. */
  mode?: 'fanIn' | 'fanOut';
  nonlinearity?: Nonlinearity;
}

/** He et al. 2015, arXiv:1502.01852. */
export function kaimingUniform<T extends Tensor>(x: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd(x, options);
  return uniform(x, -bound, bound);
}

export function kaimingNormal<T extends Tensor>(x: T, options: KaimingOptions = {}): T {
  return normal(x, 0, kaimingStd(x, options));
}

function kaimingStd(x: Tensor, { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions): number {
  const fan = calculateFanInAndFanOut(x)[mode === 'fanIn' ? 0 : 1];
  return calculateGain(nonlinearity, a) / Math.sqrt(fan);
}

/** Uniform numbers of the host that follow the GPU's generator, so that `manualSeed` holds for them. */
async function drawn(count: number): Promise<Float32Array> {
  return (await noGrad(() => randn([count])).data()) as Float32Array;
}

/**
 * Orthogonal rows or columns, whichever are fewer, of the tensor as a matrix [out, rest]. Saxe et al. 2013,
 * arXiv:1312.6120. Waits for the GPU, which draws the numbers; they are made orthogonal on the host.
 */
export async function orthogonal<T extends Tensor>(x: T, gain = 1): Promise<T> {
  requireMatrix('orthogonal', x);
  const rows = x.shape[0]!;
  const cols = x.numel / rows;
  const [count, length] = [Math.min(rows, cols), Math.max(rows, cols)];
  const numbers = await drawn(x.numel);
  const vectors: Float64Array[] = [];
  for (let at = 0; at < count; at++) {
    const vector = Float64Array.from(numbers.subarray(at * length, (at + 1) * length));
    // Twice is enough for full precision (Giraud et al. 2005).
    for (let pass = 0; pass < 2; pass++)
      for (const other of vectors) {
        const along = dot(vector, other);
        for (let i = 0; i < length; i++) vector[i]! -= along * other[i]!;
      }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  const data = Float32Array.from({ length: x.numel }, (_, at) => {
    const [row, col] = [Math.floor(at / cols), at % cols];
    return gain * (rows <= cols ? vectors[row]![col]! : vectors[col]![row]!);
  });
  return fill(x, 'orthogonal', () => host(x, data));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

/** Normal, without what lies outside [low, high]; drawn again where it does. Waits for the GPU. */
export async function truncNormal<T extends Tensor>(x: T, mean = 0, std = 1, low = -2, high = 2): Promise<T> {
  if (!(low < high)) throw new Error(`truncNormal: low ${low} must lie below high ${high}.`);
  const data = new Float32Array(x.numel);
  for (let filled = 0, round = 0; filled < data.length; round++) {
    if (round > 100)
      throw new Error(`truncNormal: hardly anything of N(${mean}, ${std}) lies in [${low}, ${high}]. Widen it.`);
    for (const value of await drawn(Math.max(64, 2 * (data.length - filled)))) {
      const moved = mean + std * value;
      if (filled < data.length && moved >= low && moved <= high) data[filled++] = moved;
    }
  }
  return fill(x, 'truncNormal', () => host(x, data));
}
