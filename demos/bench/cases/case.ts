/**
 * What is measured: each case is a name, shapes, and the float64 truth that a result must meet before its time counts.
 * Knows no engine and no browser, so that the command line can list the cases without loading either.
 */
import { integers, product, uniform } from '../values.ts';

export type Suite = 'kernels' | 'steps' | 'accuracy';

export type OpName =
  | 'matmul'
  | 'conv2d'
  | 'conv2dWeight'
  | 'conv2dInput'
  | 'conv2dPasses'
  | 'maxPool2d'
  | 'softmax'
  | 'layerNorm'
  | 'attention';

/** One op, run again and again on the same inputs. */
export interface OpCase {
  readonly kind: 'op';
  readonly name: string;
  readonly title: string;
  readonly op: OpName;
  /** Of zeros on each side, for a convolution. */
  readonly padding: number;
  readonly shapes: readonly (readonly number[])[];
  readonly outShape: readonly number[];
  /** Of one run, counted as its formula is written. */
  readonly flops: number;
  /** Largest error that may be, relative to the largest element of the reference. */
  readonly tolerance: number;
  /** One element of the result in float64. */
  readonly reference: (inputs: readonly Float32Array[], index: number) => number;
}

export type Optimiser =
  | { readonly name: 'sgd'; readonly lr: number; readonly momentum: number }
  | { readonly name: 'adam'; readonly lr: number };

/** A network, by what an engine must know to build it. */
export type Network =
  | { readonly model: 'mlp'; readonly sizes: readonly number[] }
  | { readonly model: 'lenet' }
  | {
      readonly model: 'lstm';
      readonly words: number;
      readonly embedding: number;
      readonly hidden: number;
      readonly length: number;
    }
  | {
      readonly model: 'transformer';
      readonly width: number;
      readonly heads: number;
      readonly hidden: number;
      readonly length: number;
    };

export type Model = Network['model'];

/** An initial weight; what multiplies from the right is [in, out]. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** What every engine starts from. */
export interface TrainingData {
  readonly parameters: readonly Parameter[];
  /** Numbers, or for an embedding ids as int32. */
  readonly x: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  readonly xShape: readonly number[];
  /** [batch], class indices */
  readonly labels: Int32Array<ArrayBuffer>;
  /** [batch, classes], for engines whose loss takes no indices */
  readonly oneHot: Float32Array<ArrayBuffer>;
  readonly classes: number;
}

/** Training steps on one batch that stays on the GPU: forward, backward, optimiser. */
export interface TrainingCase {
  readonly kind: 'training';
  readonly name: string;
  readonly title: string;
  readonly network: Network;
  readonly batch: number;
  readonly optimiser: Optimiser;
  /** Models that are trained side by side, all from one start; more than one is a race, which only this engine runs. */
  readonly members: number;
  /** Multiplications and additions of the products, three times those of the forward pass. */
  readonly flops: number;
  /** Largest relative error of each of the first losses. */
  readonly tolerance: number;
  /** Peers that cannot run it, or not in bearable time. */
  readonly oursAlone: boolean;
  readonly data: () => TrainingData;
  /** The first losses in float64: as many as are held to it. */
  readonly losses: (optimiser?: Optimiser) => number[];
}

export interface Batch {
  readonly x: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly oneHot: Float32Array<ArrayBuffer>;
}

export interface LearningData {
  readonly batches: readonly Batch[];
  /** Unseen examples. */
  readonly x: Float32Array<ArrayBuffer>;
  readonly xShape: readonly number[];
  readonly labels: Int32Array;
}

/** A whole training, until the network knows a share of what it has not seen. */
export interface AccuracyCase {
  readonly kind: 'accuracy';
  readonly name: string;
  readonly title: string;
  /** Network, optimiser and initial weights. */
  readonly training: TrainingCase;
  readonly target: number;
  /** Steps between two looks at the unseen examples, and at most. */
  readonly every: number;
  readonly most: number;
  readonly load: () => Promise<LearningData>;
}

export type Case = OpCase | TrainingCase | AccuracyCase;

/** Of one iteration; null where their number depends on how it goes. */
export function flopsOf(work: Case): number | null {
  return work.kind === 'accuracy' ? null : work.flops;
}

/** Uniform in the bounds of PyTorch's layers, for `fanIn` inputs. */
export function weight(name: string, shape: readonly number[], fanIn: number, seed: number): Parameter {
  const bound = 1 / Math.sqrt(fanIn);
  return { name, shape, data: uniform(seed, product(shape), -bound, bound) };
}

export function constant(name: string, shape: readonly number[], value: number): Parameter {
  return { name, shape, data: new Float32Array(product(shape)).fill(value) };
}

export function labelled(
  seed: number,
  batch: number,
  classes: number,
): Pick<TrainingData, 'labels' | 'oneHot' | 'classes'> {
  const labels = integers(seed, batch, classes);
  const oneHot = new Float32Array(batch * classes);
  labels.forEach((label, row) => (oneHot[row * classes + label] = 1));
  return { labels, oneHot, classes };
}

export function inputsOf(work: OpCase): Float32Array<ArrayBuffer>[] {
  return work.shapes.map((shape, index) => uniform(100 + index, product(shape)));
}

/** Read and written at the least, each input and the result once. */
export function bytesOf(work: OpCase): number {
  return 4 * [...work.shapes, work.outShape].reduce((sum, shape) => sum + product(shape), 0);
}
