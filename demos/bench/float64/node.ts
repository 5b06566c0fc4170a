/**
 * Reverse-mode differentiation in float64, in plain loops: what an engine's training steps are held to. Each op has its
 * derivative beside it. Written to be read and to be right, and not to be fast; knows no engine.
 */

/** An array with its gradient, row-major. */
export interface Node {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Of the last `backward`. */
  readonly gradient: Float64Array;
  readonly inputs: readonly Node[];
  /** Adds to the gradients of the inputs. */
  readonly differentiate: () => void;
}

export function leaf(shape: readonly number[], data: ArrayLike<number>): Node {
  return node(shape, [], Float64Array.from(data));
}

/** @param differentiate is given the node that is made */
export function node(
  shape: readonly number[],
  inputs: readonly Node[],
  data = new Float64Array(shape.reduce((all, size) => all * size, 1)),
  differentiate: (made: Node) => void = () => undefined,
): Node {
  const made: Node = {
    shape,
    data,
    gradient: new Float64Array(data.length),
    inputs,
    differentiate: () => differentiate(made),
  };
  return made;
}

/** Fills the gradients of all that a scalar was computed from. */
export function backward(loss: Node): void {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const visit = (at: Node): void => {
    if (seen.has(at)) return;
    seen.add(at);
    at.inputs.forEach(visit);
    order.push(at);
  };
  visit(loss);
  for (const each of order) each.gradient.fill(0);
  loss.gradient.fill(1);
  for (const each of order.toReversed()) each.differentiate();
}

/** b has the shape of a, or that of its last axes, along which it repeats. */
export function add(a: Node, b: Node): Node {
  const size = b.data.length;
  const data = a.data.map((value, at) => value + b.data[at % size]!);
  return node(a.shape, [a, b], data, ({ gradient }) => {
    gradient.forEach((slope, at) => {
      a.gradient[at]! += slope;
      b.gradient[at % size]! += slope;
    });
  });
}

/** As of `add`. */
export function mul(a: Node, b: Node): Node {
  const size = b.data.length;
  const data = a.data.map((value, at) => value * b.data[at % size]!);
  return node(a.shape, [a, b], data, ({ gradient }) => {
    gradient.forEach((slope, at) => {
      a.gradient[at]! += slope * b.data[at % size]!;
      b.gradient[at % size]! += slope * a.data[at]!;
    });
  });
}

/** @param slope the derivative, of the result */
function unary(x: Node, value: (x: number) => number, slope: (y: number) => number): Node {
  return node(x.shape, [x], x.data.map(value), ({ data, gradient }) => {
    gradient.forEach((dy, at) => (x.gradient[at]! += dy * slope(data[at]!)));
  });
}

export const relu = (x: Node): Node =>
  unary(
    x,
    (value) => Math.max(value, 0),
    (y) => (y > 0 ? 1 : 0),
  );

export const tanh = (x: Node): Node => unary(x, Math.tanh, (y) => 1 - y * y);

export const sigmoid = (x: Node): Node =>
  unary(
    x,
    (value) => 1 / (1 + Math.exp(-value)),
    (y) => y * (1 - y),
  );

export const scale = (x: Node, factor: number): Node =>
  unary(
    x,
    (value) => factor * value,
    () => factor,
  );

/** a [..., m, k] and b [..., k, n] of equal leading axes, or b [k, n] -> [..., m, n] */
export function matmul(a: Node, b: Node): Node {
  const k = a.shape.at(-1)!;
  const n = b.shape.at(-1)!;
  const isShared = b.shape.length === 2;
  const m = isShared ? a.data.length / k : a.shape.at(-2)!;
  const batches = a.data.length / (m * k);
  const part = (of: Float64Array, batch: number): Float64Array =>
    of.subarray((batch * of.length) / batches, ((batch + 1) * of.length) / batches);
  const y = node([...a.shape.slice(0, -1), n], [a, b], undefined, ({ gradient }) => {
    for (let at = 0; at < batches; at++) {
      const dy = part(gradient, at);
      addProduct(part(a.gradient, at), dy, flipped(part(b.data, at), k, n), m, n, k);
      addProduct(part(b.gradient, at), flipped(part(a.data, at), m, k), dy, k, m, n);
    }
  });
  for (let at = 0; at < batches; at++) addProduct(part(y.data, at), part(a.data, at), part(b.data, at), m, k, n);
  return y;
}

/** y [m, n] += a [m, k] b [k, n] */
function addProduct(y: Float64Array, a: Float64Array, b: Float64Array, m: number, k: number, n: number): void {
  for (let row = 0; row < m; row++)
    for (let inner = 0; inner < k; inner++) {
      const value = a[row * k + inner]!;
      const atY = row * n;
      const atB = inner * n;
      for (let column = 0; column < n; column++) y[atY + column]! += value * b[atB + column]!;
    }
}

/** [rows, columns] -> [columns, rows] */
function flipped(x: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(x.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = x[row * columns + column]!;
  return result;
}

/** x [..., in] -> [..., out], for a weight [in, out] */
export const linear = (x: Node, weight: Node, bias: Node): Node => add(matmul(x, weight), bias);

export function reshape(x: Node, shape: readonly number[]): Node {
  return node(shape, [x], x.data.slice(), ({ gradient }) => {
    gradient.forEach((slope, at) => (x.gradient[at]! += slope));
  });
}

/** The elements of x at the places that `from` names, one for each element of the result. */
export function moved(x: Node, shape: readonly number[], from: Int32Array): Node {
  const data = new Float64Array(from.length);
  for (let at = 0; at < from.length; at++) data[at] = x.data[from[at]!]!;
  return node(shape, [x], data, ({ gradient }) => {
    for (let at = 0; at < from.length; at++) x.gradient[from[at]!]! += gradient[at]!;
  });
}

export function permute(x: Node, axes: readonly number[]): Node {
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((all, size) => all * size, 1));
  const shape = axes.map((axis) => x.shape[axis]!);
  const from = new Int32Array(x.data.length);
  for (let index = 0; index < from.length; index++) {
    let rest = index;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from[index]! += (rest % shape[axis]!) * strides[axes[axis]!]!;
      rest = Math.floor(rest / shape[axis]!);
    }
  }
  return moved(x, shape, from);
}

/** Elements `start` to `start + size` along the last axis. */
export function narrow(x: Node, start: number, size: number): Node {
  const columns = x.shape.at(-1)!;
  const rows = x.data.length / columns;
  const from = Int32Array.from(
    { length: rows * size },
    (_, at) => Math.floor(at / size) * columns + start + (at % size),
  );
  return moved(x, [...x.shape.slice(0, -1), size], from);
}

/** Rows of a table [words, width] by ids -> [ids, width]; a repeated id collects the gradients of all its places. */
export function embedding(table: Node, ids: Int32Array): Node {
  const width = table.shape[1]!;
  const from = Int32Array.from(
    { length: ids.length * width },
    (_, at) => ids[Math.floor(at / width)]! * width + (at % width),
  );
  return moved(table, [ids.length, width], from);
}
