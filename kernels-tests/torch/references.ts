/** The form of the JSON files that make_references.py writes, and how far a result lies from one. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Plain {
  shape: number[];
  data: number[];
}

export type State = Record<string, Plain>;

export interface ModuleReference {
  name: string;
  state: State;
  x: Plain;
  y: Plain;
  weights: Plain;
  /** Of `sum(y * weights)`, for x and for each parameter by its key. */
  gradients: State;
}

export interface RecurrentReference {
  name: string;
  module: 'RNN' | 'GRU' | 'LSTM' | 'RNNCell' | 'GRUCell' | 'LSTMCell';
  sizes: [inputs: number, hidden: number];
  /** By PyTorch's names. */
  options: Record<string, number | boolean | string>;
  lengths: number[] | null;
  state: State;
  x: Plain;
  states: Plain[];
  outputs: Plain[];
  weights: Plain[];
  gradients: State;
}

export interface FunctionReference {
  name: string;
  x: Plain;
  rest: Plain[];
  y: Plain;
  weights: Plain;
  gradient: Plain;
}

/** Names and values as PyTorch has them. */
export interface OptimizerOptions {
  [option: string]: number | boolean | number[] | OptimizerOptions[] | undefined;
  lr?: number;
  /** Options of each layer. */
  groups?: OptimizerOptions[];
  clip_norm?: number;
  clip_value?: number;
}

export interface Run {
  name: string;
  optimizer: 'SGD' | 'Adam' | 'AdamW' | 'RMSprop' | 'Adagrad';
  options: OptimizerOptions;
  task: 'classify' | 'regress';
  /** Of each step, where it is set. */
  lr: number[] | null;
  losses: number[];
  /** Of the gradients, where they are clipped. */
  norms: number[];
  end: State | null;
}

export interface OptimizerReferences {
  batch: number;
  data: { x: Plain; classify: Plain; regress: Plain };
  start: { classify: State; regress: State };
  runs: Run[];
  /** The MNIST MLP, from numbers that both sides make; of each parameter the sum and the sum of magnitudes at the end. */
  large: { losses: number[]; sums: Record<string, [number, number]> };
}

export interface ModuleReferences {
  modules: ModuleReference[];
  functions: FunctionReference[];
}

/** Of a JSON file beside this one. */
export function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8'));
}

export const moduleReferences = (): ModuleReferences => read('modules.json') as ModuleReferences;

export const convolutionReferences = (): ModuleReference[] => (read('convolutions.json') as ModuleReferences).modules;

export const recurrentReferences = (): RecurrentReference[] =>
  (read('recurrent.json') as { cases: RecurrentReference[] }).cases;

export const optimizerReferences = (): OptimizerReferences => read('optimisers.json') as OptimizerReferences;

/** Greatest difference, relative to the greatest reference value; infinite where shapes differ or a value is missing. */
export function distance(got: Plain | undefined, wanted: Plain): number {
  if (!got || got.shape.join() !== wanted.shape.join() || got.data.length !== wanted.data.length) return Infinity;
  const scale = Math.max(...wanted.data.map(Math.abs), 1e-30);
  const differences = wanted.data.map((value, index) => Math.abs(got.data[index]! - value) / scale);
  return differences.some(Number.isNaN) ? Infinity : Math.max(...differences);
}
