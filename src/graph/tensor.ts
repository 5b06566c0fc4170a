/**
 * The tensor: a handle on a value of the graph.
 *
 * What a tensor can compute is added by `ops/methods.ts`; here is what it is, and how it is read. Reading is the only
 * thing that waits.
 */
import { makeAvailable } from './available.ts';
import { engine } from './engine.ts';
import { flush } from './flush.ts';
import { readValue } from './read.ts';
import { createStorage, moveStorage, releaseStorage } from './storage.ts';
import { leafValue, numel, show, type DType, type HostArray, type Shape, type Value } from './value.ts';

/** What `toArray` gives: a number, or lists of lists of them. */
export type Nested = number | Nested[];

export class Tensor {
  /** Internal: the value this tensor stands for. */
  readonly value: Value;
  /** Gradient that `backward` collected, of the same shape, or null. */
  grad: Tensor | null = null;

  constructor(value: Value) {
    this.value = value;
    value.exposed = true;
  }

  /** Sizes of the axes, outermost first. */
  get shape(): Shape {
    return this.value.shape;
  }

  get dtype(): DType {
    return this.value.dtype;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.value.shape.length;
  }

  /** Number of elements. */
  get numel(): number {
    return numel(this.value.shape);
  }

  get requiresGrad(): boolean {
    return this.value.requiresGrad;
  }

  /** True for data and parameters, false for results of ops that gradients flow through. */
  get isLeaf(): boolean {
    return this.value.node === null || !this.value.node.requiresGrad;
  }

  /**
   * The elements in row-major order: Float32Array, Int32Array, or Uint8Array of 0 and 1 for bool. Submits what is
   * pending and waits for the GPU.
   */
  async data(): Promise<Float32Array | Int32Array | Uint8Array> {
    const bytes = await readValue(this.value, 'data');
    if (this.dtype === 'float32') return new Float32Array(bytes);
    if (this.dtype === 'int32') return new Int32Array(bytes);
    return Uint8Array.from(new Uint32Array(bytes), (word) => (word ? 1 : 0));
  }

  /**
   * The single element, as a number.
   *
   * @throws Error if there is not exactly one element.
   */
  item(): Promise<number> {
    if (this.numel !== 1)
      throw new Error(
        `item: tensor ${show(this.shape)} has ${this.numel} elements, and item() reads exactly one. Reduce it first, or use data().`,
      );
    return this.data().then((data) => data[0]!);
  }

  /** The elements as nested lists; a number for a tensor without axes. */
  async toArray(): Promise<Nested> {
    const data = await this.data();
    const nest = (axis: number, from: number, length: number): Nested => {
      if (axis === this.ndim) return data[from]!;
      const size = this.shape[axis]!;
      const step = size === 0 ? 0 : length / size;
      return Array.from({ length: size }, (_, index) => nest(axis + 1, from + index * step, step));
    };
    return nest(0, 0, data.length);
  }

  /**
   * Asks for memory of its own, so that the value can be used after later steps have run. Returns the tensor.
   *
   * @throws Error where later steps have used its memory already.
   */
  retain(): this {
    const { value } = this;
    if (value.storage || value.target || value.host) return this;
    // What is pending might be the very plan whose memory holds this value.
    if (value.node === null || value.node.executed) flush();
    makeAvailable(engine(), value, 'retain', flush);
    if (value.host) return this;
    const storage = createStorage(`retained ${show(this.shape)}`, this.numel * 4);
    if (value.node && !value.node.executed) value.target = storage;
    else {
      moveStorage(value.kept!, storage);
      value.storage = storage;
    }
    return this;
  }

  /**
   * Frees the memory of a leaf now rather than when it is collected. Results of ops own none.
   */
  dispose(): void {
    if (this.value.storage) releaseStorage(this.value.storage);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return `Tensor(${show(this.shape)}, ${this.dtype}${this.requiresGrad ? ', requiresGrad' : ''})`;
  }
}

/** A leaf whose bytes the caller gives; `data` is not copied. */
export function hostTensor(data: HostArray, shape: Shape, dtype: DType, refresh?: () => HostArray): Tensor {
  return new Tensor(leafValue({ shape, dtype }, { host: refresh ? { data, refresh } : { data } }));
}
