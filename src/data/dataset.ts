/**
 * Datasets: something with a length whose examples can be had one by one or as a batch.
 *
 * Each kind of dataset declares how its batches are made (`prepare`), so that a loader treats them all alike: those
 * whose data lies on the GPU gather there, all others are assembled on the host. No dataset knows of epochs or order.
 */
import { hostTensor, Tensor } from '../graph/index.ts';
import { tensor } from '../ops/index.ts';
import { assemble, isHostArray, type HostArray, type HostField } from './collate.ts';
import { Random } from './random.ts';

/** One part of an example: pixels, a label. A plain number is a class index and becomes int32. */
export type Field = Tensor | HostField | HostArray | number;

/** The parts of an example, as `get` returns them. */
export type Example = readonly [Field, ...Field[]];

/** A batch: the parts of its examples, each stacked along a new first axis. */
export type Batch<E extends Example> = { -readonly [K in keyof E]: Tensor };

/** Makes the tensors of a batch whose host data is ready. */
export type PreparedBatch<E extends Example> = () => Batch<E>;

/** What a `DataLoader` reads. `length` and `get` are enough. */
export interface Dataset<E extends Example = Example> {
  readonly length: number;
  /** Example `index`, from 0 to `length - 1`; it may be fetched or decoded on demand. */
  get(index: number): E | Promise<E>;
  /** Stacks examples itself, e.g. to pad them; by default all must have the same shapes and types. */
  collate?(examples: readonly E[]): { readonly [K in keyof E]: HostField };
  /** Does the host's part of a batch ahead of time. The tensors are made when the batch's turn comes. */
  prepare?(indices: Int32Array): PreparedBatch<E> | Promise<PreparedBatch<E>>;
}

/** The host's part of a batch of `dataset`. */
export async function prepareBatch<E extends Example>(
  dataset: Dataset<E>,
  indices: Int32Array,
): Promise<PreparedBatch<E>> {
  if (dataset.prepare) return dataset.prepare(indices);
  const examples = await Promise.all(Array.from(indices, async (index) => dataset.get(index)));
  const fields: readonly HostField[] = dataset.collate ? dataset.collate(examples) : assemble(examples);
  return () => fields.map(({ data, shape }) => onDevice(data, shape)) as Batch<E>;
}

/** A batch is used once, so it travels with the submit that reads it and owns no GPU memory. */
function onDevice(data: HostArray, shape: readonly number[]): Tensor {
  if (data instanceof Float32Array) return hostTensor(data, shape, 'float32');
  const integers = data instanceof Int32Array ? data : Int32Array.from(data);
  const leaf = hostTensor(integers, shape, 'int32');
  // Lets ops refuse labels and indices that are out of range.
  leaf.value.bounds = rangeOf(integers);
  return leaf;
}

function rangeOf(values: Int32Array): [number, number] | null {
  if (values.length === 0) return null;
  let [least, greatest] = [values[0] ?? 0, values[0] ?? 0];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return [least, greatest];
}

type TensorsOf<T extends Example> = { -readonly [K in keyof T]: Tensor };

/**
 * A dataset that lies in GPU memory: example `i` is row `i` of each tensor. Batches are gathered on the GPU, so that
 * only their indices are uploaded. Typed arrays and `{ data, shape }` are uploaded once, here.
 *
 * @throws Error where there is nothing to hold, or first dimensions differ.
 */
export class TensorDataset<const T extends Example> implements Dataset<TensorsOf<T>> {
  readonly tensors: TensorsOf<T>;
  readonly length: number;

  constructor(...parts: T) {
    const first: Field | undefined = parts[0];
    if (first === undefined) {
      throw new Error('TensorDataset: nothing to hold. Pass tensors or arrays, e.g. new TensorDataset(x, y).');
    }
    const rows = parts.map((part: Field, position) => rowsOf(part, position));
    const shape = rows[0]?.shape ?? [];
    this.length = shape[0] ?? 0;
    rows.forEach((other, position) => {
      if (other.shape[0] === this.length) return;
      throw new Error(
        `TensorDataset: first dimensions differ. Part 0 is [${shape.join(', ')}] and part ${position} is ` +
          `[${other.shape.join(', ')}]; each must hold one row an example.`,
      );
    });
    this.tensors = rows.map((part) => part.upload()) as TensorsOf<T>;
  }

  get(index: number): TensorsOf<T> {
    checkIndex('TensorDataset.get', index, this.length);
    return this.tensors.map((rows: Tensor) =>
      rows.slice(0, index, index + 1).reshape(rows.shape.slice(1)),
    ) as TensorsOf<T>;
  }

  prepare(indices: Int32Array): PreparedBatch<TensorsOf<T>> {
    return () => {
      const rows = hostTensor(indices, [indices.length], 'int32');
      return this.tensors.map((part: Tensor) => part.indexSelect(0, rows)) as Batch<TensorsOf<T>>;
    };
  }
}

interface Rows {
  readonly shape: readonly number[];
  upload(): Tensor;
}

function rowsOf(part: Field, position: number): Rows {
  if (part instanceof Tensor) {
    if (part.ndim > 0) return { shape: part.shape, upload: () => part };
  } else if (isHostArray(part)) {
    return { shape: [part.length], upload: () => tensor(part) };
  } else if (typeof part === 'object' && part.shape.length > 0) {
    return { shape: part.shape, upload: () => tensor(part.data, { shape: [...part.shape] }) };
  }
  throw new Error(
    `TensorDataset: part ${position} is not a list of rows. Pass a tensor with at least one dimension, a typed array, ` +
      'or { data, shape }.',
  );
}

/** Some examples of another dataset, in the order of `indices`. It copies nothing. */
export class Subset<E extends Example> implements Dataset<E> {
  readonly dataset: Dataset<E>;
  readonly indices: Int32Array;

  constructor(dataset: Dataset<E>, indices: ArrayLike<number>) {
    for (let i = 0; i < indices.length; i++) checkIndex('Subset', indices[i] ?? NaN, dataset.length);
    this.dataset = dataset;
    this.indices = Int32Array.from(indices);
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: number): E | Promise<E> {
    checkIndex('Subset.get', index, this.length);
    return this.dataset.get(this.indices[index] ?? 0);
  }

  prepare(indices: Int32Array): Promise<PreparedBatch<E>> {
    return prepareBatch(
      this.dataset,
      indices.map((index) => this.indices[index] ?? 0),
    );
  }
}

function checkIndex(who: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  const range = length > 0 ? `indices run from 0 to ${length - 1}` : 'it is empty';
  throw new Error(`${who}: index ${index} is out of range. The dataset has ${length} examples; ${range}.`);
}

/**
 * Divides a dataset at random into parts without common examples. `parts` are lengths that sum to `dataset.length`, or
 * fractions that sum to 1; examples left over by rounding go to the first parts, one each.
 *
 * @example const [train, test] = randomSplit(dataset, [0.9, 0.1], { seed: 1 });
 */
export function randomSplit<E extends Example, const P extends readonly number[]>(
  dataset: Dataset<E>,
  parts: P,
  options: { seed?: number } = {},
): { -readonly [K in keyof P]: Subset<E> } {
  const lengths = partLengths(dataset.length, parts);
  const order = new Random(options.seed ?? 0).permutation(dataset.length);
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return new Subset(dataset, order.subarray(start - length, start));
  }) as { -readonly [K in keyof P]: Subset<E> };
}

function partLengths(total: number, parts: readonly number[]): number[] {
  const sum = parts.reduce((left, right) => left + right, 0);
  const fractions = parts.every((part) => part > 0 && part <= 1) && Math.abs(sum - 1) < 1e-6;
  const lengths = fractions ? parts.map((part) => Math.floor(part * total + 1e-6)) : [...parts];
  const given = `[${parts.join(', ')}]`;
  if (fractions) {
    const left = total - lengths.reduce((a, b) => a + b, 0);
    for (let i = 0; i < left; i++) lengths[i % lengths.length] = (lengths[i % lengths.length] ?? 0) + 1;
  } else if (sum !== total || !parts.every((part) => Number.isInteger(part))) {
    throw new Error(
      `randomSplit: parts ${given} do not divide ${total} examples. Pass lengths that sum to ${total}, or fractions ` +
        'that sum to 1.',
    );
  }
  const empty = lengths.findIndex((length) => length < 1);
  if (empty >= 0) {
    throw new Error(
      `randomSplit: part ${empty} would hold ${lengths[empty]} of ${total} examples. Each of ${given} must come to at ` +
        'least 1.',
    );
  }
  return lengths;
}
