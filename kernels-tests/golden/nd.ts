/**
 * Arrays of float64 for the references: shape, data, and the few loops that a naive definition is written in.
 *
 * Slow and plain on purpose, so that a reference can be read as the definition of its op. Knows no op and no GPU.
 */
export type Index = readonly number[];
type Place = (index: Index) => number;

export class Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array<ArrayBuffer>;
  private readonly strides: readonly number[];

  constructor(shape: readonly number[], data = new Float64Array(product(shape))) {
    if (data.length !== product(shape))
      throw new Error(`Nd: ${data.length} numbers do not fill [${shape.join(', ')}].`);
    this.shape = shape;
    this.data = data;
    this.strides = shape.map((_, axis) => product(shape.slice(axis + 1)));
  }

  /** An array of which `value` gives each element; the index it is called with is reused. */
  static of(shape: readonly number[], value: Place): Nd {
    const out = new Nd(shape);
    let at = 0;
    eachIndex(shape, (index) => {
      out.data[at++] = value(index);
    });
    return out;
  }

  get size(): number {
    return this.data.length;
  }

  at(...index: number[]): number {
    return this.get(index);
  }

  get(index: Index): number {
    return this.data[this.offset(index)] ?? Number.NaN;
  }

  /** The element that broadcasting against an array of this index reads. */
  broadcast(index: Index): number {
    return this.data[this.broadcastOffset(index)] ?? Number.NaN;
  }

  broadcastOffset(index: Index): number {
    const lead = index.length - this.shape.length;
    let offset = 0;
    for (let axis = 0; axis < this.shape.length; axis++)
      if (this.shape[axis] !== 1) offset += (index[lead + axis] ?? 0) * (this.strides[axis] ?? 0);
    return offset;
  }

  map(f: (x: number) => number): Nd {
    return new Nd(this.shape, this.data.map(f));
  }

  private offset(index: Index): number {
    let offset = 0;
    for (let axis = 0; axis < index.length; axis++) offset += (index[axis] ?? 0) * (this.strides[axis] ?? 0);
    return offset;
  }
}

/** Elementwise `f` over broadcast arrays. */
export function zip(f: (...values: number[]) => number, ...arrays: readonly Nd[]): Nd {
  const shape = broadcastShape(...arrays.map((array) => array.shape));
  return Nd.of(shape, (index) => f(...arrays.map((array) => array.broadcast(index))));
}

/** `f` over the elements that share an index on the axes that stay. Negative axes count from the end. */
export function reduce(x: Nd, axes: readonly number[], keepdim: boolean, f: (values: readonly number[]) => number): Nd {
  const dropped = new Set(axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)));
  const inner = x.shape.filter((_, axis) => dropped.has(axis));
  const kept = x.shape.map((size, axis) => (dropped.has(axis) ? 1 : size));
  const full = Nd.of(kept, (outer) => {
    const values: number[] = [];
    eachIndex(inner, (index) => {
      let next = 0;
      values.push(x.get(outer.map((at, axis) => (dropped.has(axis) ? (index[next++] ?? 0) : at))));
    });
    return f(values);
  });
  return keepdim
    ? full
    : new Nd(
        x.shape.filter((_, axis) => !dropped.has(axis)),
        full.data,
      );
}

export function allAxes(x: Nd): number[] {
  return x.shape.map((_, axis) => axis);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const ndim = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: ndim }, (_, axis) =>
    shapes.reduce((size, shape) => {
      const own = shape[axis - ndim + shape.length] ?? 1;
      return own === 1 ? size : own;
    }, 1),
  );
}

/** Row-major order; the index passed on is reused. */
export function eachIndex(shape: readonly number[], visit: (index: Index) => void): void {
  const index = shape.map(() => 0);
  for (let left = product(shape); left > 0; left--) {
    visit(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
}

/** `[2, 3]` of element 5 in a shape, for messages. */
export function indexOf(shape: readonly number[], position: number): number[] {
  const index: number[] = [];
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
