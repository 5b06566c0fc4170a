/**
 * Tensors from data and from nothing.
 */
import { createStorage, writeStorage } from '../graph/storage.ts';
import { hostTensor, Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { leafValue, numel, show, type DType, type HostArray, type Shape } from '../graph/value.ts';
import { definePointwise } from './define-pointwise.ts';
import { checkShape } from './shapes.ts';
import { expand } from './views.ts';

export interface TensorOptions {
  shape?: Shape;
  dtype?: DType;
  /** Collect gradients in `grad`. float32 only. */
  requiresGrad?: boolean;
}

export type NestedData = number | boolean | readonly NestedData[];
export type TypedData = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array | Uint16Array | Int16Array;
export type TensorData = NestedData | TypedData;

/** Leaves up to this many bytes travel with the submits that use them; larger ones own GPU memory. */
const RESIDENT_BYTES = 16384;

/**
 * A tensor of the given data, which is copied. Lists of numbers give float32, of booleans bool; Int32Array and the
 * smaller integer arrays give int32.
 *
 * @throws Error for ragged lists, and where the data does not fill `shape`.
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  const flat: number[] | TypedData = ArrayBuffer.isView(data) ? data : [];
  const found = ArrayBuffer.isView(data) ? [data.length] : shapeOf(data, flat as number[]);
  const dtype = options.dtype ?? dtypeOf(data);
  const shape = options.shape ?? found;
  checkShape('tensor', shape);
  if (numel(shape) !== flat.length)
    throw new Error(
      `tensor: ${flat.length} numbers do not fill shape ${show(shape)}, which has ${numel(shape)} elements.`,
    );
  return leafTensor(convert(flat, dtype), shape, dtype, options.requiresGrad ?? false);
}

function leafTensor(data: HostArray, shape: Shape, dtype: DType, requiresGrad: boolean): Tensor {
  if (requiresGrad && dtype !== 'float32')
    throw new Error(`tensor: only float32 can require a gradient, got ${dtype}. Leave requiresGrad out.`);
  if (!requiresGrad && data.byteLength <= RESIDENT_BYTES) {
    const small = hostTensor(data, shape, dtype);
    small.value.bounds = boundsOf(data, dtype);
    return small;
  }
  const storage = createStorage(`tensor ${show(shape)}`, data.byteLength);
  writeStorage(storage, data);
  const value = leafValue({ shape, dtype }, { storage, requiresGrad });
  value.bounds = boundsOf(data, dtype);
  const result = new Tensor(value);
  if (requiresGrad) value.leaf = result;
  return result;
}

function boundsOf(data: HostArray, dtype: DType): [number, number] | null {
  if (dtype !== 'int32' || data.length === 0) return null;
  let least = data[0]!;
  let greatest = least;
  for (const value of data) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

function shapeOf(data: NestedData, flat: number[]): number[] {
  if (typeof data === 'number' || typeof data === 'boolean') {
    flat.push(Number(data));
    return [];
  }
  if (!Array.isArray(data))
    throw new Error(`tensor: cannot make a tensor of ${typeof data}. Give numbers, lists of numbers or a typed array.`);
  const shapes = data.map((part: NestedData) => shapeOf(part, flat));
  const odd = shapes.find((shape) => shape.join() !== shapes[0]!.join());
  if (odd)
    throw new Error(
      `tensor: lists are ragged, parts have shapes ${show(shapes[0]!)} and ${show(odd)}. Make all parts equally long.`,
    );
  return [data.length, ...(shapes[0] ?? [])];
}

function dtypeOf(data: TensorData): DType {
  if (ArrayBuffer.isView(data))
    return data instanceof Float32Array || data instanceof Float64Array ? 'float32' : 'int32';
  let first: NestedData | undefined = data;
  while (Array.isArray(first)) first = first[0] as NestedData | undefined;
  return typeof first === 'boolean' ? 'bool' : 'float32';
}

function convert(flat: number[] | TypedData, dtype: DType): HostArray {
  if (dtype === 'float32') return Float32Array.from(flat);
  if (dtype === 'bool') return Uint32Array.from(flat, (x) => (x ? 1 : 0));
  return Int32Array.from(flat);
}

/** `shape` filled with one value. */
export function full(shape: Shape, value: number, options: Omit<TensorOptions, 'shape'> = {}): Tensor {
  return filled('full', shape, value, options);
}

export function zeros(shape: Shape, options: Omit<TensorOptions, 'shape'> = {}): Tensor {
  return filled('zeros', shape, 0, options);
}

export function ones(shape: Shape, options: Omit<TensorOptions, 'shape'> = {}): Tensor {
  return filled('ones', shape, 1, options);
}

function filled(name: string, shape: Shape, value: number, options: Omit<TensorOptions, 'shape'>): Tensor {
  checkShape(name, shape);
  const { dtype = 'float32', requiresGrad } = options;
  if (requiresGrad) return leafTensor(convert(Array<number>(numel(shape)).fill(value), dtype), shape, dtype, true);
  return expand(tensor(value, { dtype }), shape);
}

const arangeOp = definePointwise<never, { length: number; dtype: DType }>({
  name: 'arange',
  inputs: ['start', 'step'],
  dtype: (_, { dtype }) => dtype,
  shape: ({ length }) => [length],
  expression: ([start, step], { dtype }) => `(${start} + ${step} * ${dtype === 'int32' ? 'i32' : 'f32'}(i))`,
});

/** start, start + step, ... before end; `arange(n)` counts from 0. Whole numbers give int32 unless `dtype` says otherwise. */
export function arange(start: number, end?: number, step = 1, options: { dtype?: 'float32' | 'int32' } = {}): Tensor {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  const length = Math.ceil((to - from) / step);
  if (!(length >= 0 && Number.isFinite(length)))
    throw new Error(
      `arange: from ${from} to ${to} in steps of ${step} never arrives. Change the sign of step or the ends.`,
    );
  const whole = [from, step].every(Number.isInteger);
  const dtype = options.dtype ?? (whole ? 'int32' : 'float32');
  return apply(arangeOp, [tensor(from, { dtype }), tensor(step, { dtype })], { length, dtype });
}
