/**
 * Stacking examples that lie on the host into one array per part.
 *
 * It knows neither tensors nor the GPU: what comes out is plain typed arrays with shapes, so that a batch can be
 * assembled ahead of time.
 */

/** Elements of a part of an example; Uint8Array counts as int32 once it is a tensor. */
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** An array with its shape. */
export interface HostField {
  readonly data: HostArray;
  readonly shape: readonly number[];
}

export function isHostArray(value: unknown): value is HostArray {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array;
}

/** Stacks examples along a new first axis. All must have the parts, shapes and types of the first. */
export function assemble(examples: readonly (readonly unknown[])[]): HostField[] {
  const model = partsOf(examples[0]).map((part, position) => toField(part, position, 0));
  const stacked = model.map(({ data, shape }) => ({
    data: emptyLike(data, data.length * examples.length),
    shape: [examples.length, ...shape],
  }));
  examples.forEach((example, row) => {
    const parts = partsOf(example);
    if (parts.length !== model.length) {
      throw new Error(
        `DataLoader: examples differ. One has ${model.length} parts and example ${row} of the batch has ` +
          `${parts.length}. Return the same parts from each get().`,
      );
    }
    stacked.forEach(({ data: target }, position) => {
      const field = toField(parts[position], position, row);
      const expected = model[position];
      if (expected) checkAlike(field, expected, position, row);
      target.set(field.data, row * field.data.length);
    });
  });
  return stacked;
}

function partsOf(example: readonly unknown[] | undefined): readonly unknown[] {
  if (Array.isArray(example) && example.length > 0) return example;
  throw new Error('DataLoader: get() must return a list of the parts of an example, e.g. [pixels, label].');
}

function emptyLike(data: HostArray, length: number): HostArray {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}

function toField(part: unknown, position: number, row: number): HostField {
  if (isHostArray(part)) return { data: part, shape: [part.length] };
  if (typeof part === 'number') return { data: Int32Array.of(classIndex(part, position, row)), shape: [] };
  if (typeof part === 'object' && part !== null && 'data' in part && 'shape' in part) {
    const { data, shape } = part;
    if (isHostArray(data) && Array.isArray(shape)) {
      const sizes: readonly number[] = shape;
      const count = sizes.reduce((product, size) => product * size, 1);
      if (count === data.length) return { data, shape: sizes };
      throw new Error(
        `DataLoader: part ${position} of example ${row} has ${data.length} elements and shape [${sizes.join(', ')}], ` +
          `which holds ${count}. Give the shape of the data.`,
      );
    }
  }
  throw new Error(
    `DataLoader: part ${position} of example ${row} is no array that can be stacked. Return a Float32Array, ` +
      'Int32Array, Uint8Array, { data, shape } with one of them, or a class index.',
  );
}

function classIndex(value: number, position: number, row: number): number {
  if ((value | 0) === value) return value;
  throw new Error(
    `DataLoader: part ${position} of example ${row} is ${value}; a plain number must be a class index (int32). ` +
      'For a measured value return Float32Array.of(value).',
  );
}

function checkAlike(field: HostField, expected: HostField, position: number, row: number): void {
  const describe = ({ data, shape }: HostField): string => `${data.constructor.name} [${shape.join(', ')}]`;
  if (describe(field) === describe(expected)) return;
  throw new Error(
    `DataLoader: examples differ. Part ${position} is ${describe(expected)} in the first and ${describe(field)} in ` +
      `example ${row} of the batch. Give the dataset a collate(examples) that pads or crops them.`,
  );
}
