/**
 * What a row of the golden table is.
 *
 * One `golden({...})` describes an op: how the engine runs it, a naive float64 reference, a tolerance with its reason,
 * and the shapes and attributes it is tried on. Nothing here runs anything.
 */
import type { Tensor } from '../../src/index.ts';
import type { Random } from '../../src/data/random.ts';
import { Nd, product } from './nd.ts';

/** How an input is drawn. Values are rounded to float32, so the engine and the reference start from the same numbers. */
export interface Input {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  draw(random: Random): Nd;
}

export interface Case {
  /** What is called, by its public name. */
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  readonly reference: (...inputs: Nd[]) => Nd;
  /** Allowed |got - expected| / (1 + |expected|); 0 asks for equality. */
  readonly tolerance: number;
  /** Why the tolerance is what it is. */
  readonly why: string;
  /** Whether gradients are compared with central differences of the reference. */
  readonly grad: boolean;
  /** How many elements of each input are differenced. */
  readonly samples: number;
}

export interface Family<A> {
  readonly op: string;
  readonly run: (attrs: A) => (...inputs: Tensor[]) => Tensor;
  readonly reference: (attrs: A) => (...inputs: Nd[]) => Nd;
  readonly tolerance: number;
  readonly why: string;
  /** True unless said otherwise. */
  readonly grad?: boolean;
  readonly rows: readonly Row<A>[];
}

export type Row<A> = { readonly attrs: A } & Tried;

interface Tried {
  readonly inputs: readonly Input[];
  /** What is special about this row. */
  readonly label?: string;
  readonly tolerance?: number;
  readonly grad?: boolean;
  readonly samples?: number;
}

/** Elements that central differences may read for one row, over all its evaluations of the reference. */
const WORK = 1_000_000;

export function golden<A extends object>(family: Family<A>): Case[] {
  return family.rows.map((row) => {
    const { inputs, attrs } = row;
    const elements = inputs.reduce((total, { shape }) => total + product(shape), 1);
    return {
      op: family.op,
      name: describe(family.op, row),
      inputs,
      run: family.run(attrs),
      reference: family.reference(attrs),
      tolerance: row.tolerance ?? family.tolerance,
      why: family.why,
      grad: (row.grad ?? family.grad ?? true) && inputs.some(({ dtype }) => dtype === 'float32'),
      samples: row.samples ?? Math.max(4, Math.min(64, Math.floor(WORK / elements))),
    };
  });
}

/** Rows that differ in their inputs alone. */
export function shapes(...inputs: readonly (readonly Input[])[]): Row<object>[] {
  return inputs.map((row) => ({ inputs: row, attrs: {} }));
}

function describe<A extends object>(op: string, { inputs, attrs, label }: Row<A>): string {
  const named = Object.entries(attrs).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [op, ...inputs.map(({ shape }) => `[${shape.join(', ')}]`), ...named, label ?? ''].filter(Boolean).join(' ');
}

function input(
  shape: readonly number[],
  dtype: Input['dtype'],
  value: (random: Random, position: number) => number,
): Input {
  const draw = (random: Random): Nd => {
    const data = new Float64Array(product(shape));
    for (let at = 0; at < data.length; at++) data[at] = Math.fround(value(random, at));
    return new Nd(shape, data);
  };
  return { shape, dtype, draw };
}

export function normal(...shape: number[]): Input {
  return input(shape, 'float32', (random) => random.normal());
}

export function uniform(low: number, high: number, ...shape: number[]): Input {
  return input(shape, 'float32', (random) => random.uniform(low, high));
}

/** Magnitudes in [0.1, 2.1] of either sign, for ops that are steep or bent at zero. */
export function awayFromZero(...shape: number[]): Input {
  return input(shape, 'float32', (random) => random.uniform(0.1, 2.1) * (random.integer(2) ? -1 : 1));
}

/** The same few values over and over: the edges of an op. */
export function values(list: readonly number[], ...shape: number[]): Input {
  return input(shape, 'float32', (_, position) => list[position % list.length] ?? 0);
}

/** All different, well apart and in random order: a maximum that has no ties and no near ties. */
export function distinct(...shape: number[]): Input {
  const size = product(shape);
  const draw = (random: Random): Nd =>
    new Nd(
      shape,
      Float64Array.from(random.permutation(size), (rank) => Math.fround((rank - size / 2) / 8)),
    );
  return { shape, dtype: 'float32', draw };
}

/** Integers in [low, high). */
export function integers(low: number, high: number, ...shape: number[]): Input {
  return input(shape, 'int32', (random) => low + random.integer(high - low));
}

export function bools(...shape: number[]): Input {
  return input(shape, 'bool', (random) => random.integer(2));
}
