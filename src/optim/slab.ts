/**
 * Slabs: the parameters of an optimiser side by side in one buffer, so that one dispatch updates them all.
 *
 * Gradients and moments lie in slabs with the same offsets. Parameters stay tensors of their own: each is a part of
 * the slab, at an offset at which any device can bind it.
 */
import {
  createStorage,
  engine,
  flush,
  leafValue,
  makeAvailable,
  moveStorage,
  partOf,
  releaseStorage,
  sameShape,
  show,
  Tensor,
  writeStorage,
  type DType,
  type Storage,
} from '../graph/index.ts';
import { pack } from '../ops/update.ts';
import type { Parameter } from '../nn/index.ts';
import { nameOf } from './param-groups.ts';

const ALIGNMENT = 256;
/** Numbers that one workgroup adds up; larger slabs are a whole multiple. */
const CHUNK = 4096;

/** The slab that some memory is. */
const slabs = new WeakMap<Storage, Slab>();

export class Slab {
  /** Gradients that stand for others times a factor. */
  static readonly scaled: WeakMap<Tensor, { readonly grad: Tensor; readonly scale: Tensor }> = new WeakMap();

  readonly parameters: readonly Parameter[];
  /** The whole slab as a tensor [floats]. */
  readonly tensor: Tensor;
  private readonly storage: Storage;
  private readonly offsets: number[] = [];
  private readonly bytes: number;
  private groups: Tensor | null = null;

  constructor(name: string, parameters: readonly Parameter[]) {
    for (const { value } of parameters) makeAvailable(engine(), value, name, flush);
    this.parameters = parameters;
    let bytes = 0;
    for (const { numel } of parameters) {
      this.offsets.push(bytes);
      bytes += Math.ceil((numel * 4) / ALIGNMENT) * ALIGNMENT;
    }
    if (bytes > CHUNK * 16) bytes = Math.ceil(bytes / (CHUNK * 4)) * CHUNK * 4;
    this.bytes = bytes;
    this.storage = createStorage(`${name}: parameters`, bytes);
    this.tensor = slabTensor(this.storage);
    parameters.forEach(({ value }, index) => {
      const part = partOf(this.storage, this.offsets[index]!, value.storage!.bytes);
      const own = value.storage!;
      moveStorage(own, part);
      value.storage = part;
      if (!own.slab) releaseStorage(own);
    });
    slabs.set(this.storage, this);
  }

  /** The sum of the squares of all gradients of parameters that have one. */
  static squares(parameters: readonly Parameter[]): Tensor {
    const storages = new Set(parameters.map(({ value }) => value.storage!.slab));
    const [storage] = storages;
    const slab = storages.size === 1 && storage ? slabs.get(storage) : undefined;
    if (!slab) return parameters.map(({ grad }) => grad!.square().sum()).reduce((a, b) => a.add(b));
    const given = new Set(parameters);
    const packed = slab.pack(slab.parameters.flatMap((parameter, index) => (given.has(parameter) ? [index] : [])));
    const rows = packed.numel % CHUNK ? 1 : packed.numel / CHUNK;
    const squares = packed.square();
    return rows === 1 ? squares.sum() : squares.reshape([rows, CHUNK]).sum(1).sum();
  }

  /** A slab of the same form, with one number for each parameter. */
  filled(name: string, numbers: readonly number[]): Tensor {
    const storage = createStorage(name, this.bytes);
    if (numbers.some(Boolean))
      writeStorage(
        storage,
        this.spread(new Float32Array(this.bytes / 4), (index) => numbers[index]!),
      );
    return slabTensor(storage);
  }

  /** The part of a slab that belongs to a parameter, with its shape. */
  part(slab: Tensor, index: number): Tensor {
    const { shape, numel } = this.parameters[index]!;
    const storage = partOf(slab.value.storage!, this.offsets[index]!, numel * 4);
    return new Tensor(leafValue({ shape, dtype: 'float32' }, { storage }));
  }

  /** For each element, where the row of its parameter and member starts among rows of `width` numbers. */
  group(entries: readonly { members: number }[], width: number): Tensor {
    if (this.groups) return this.groups;
    let row = 0;
    const first = entries.map(({ members }) => (row += members) - members);
    const places = this.spread(new Int32Array(this.bytes / 4), (index, at) => {
      const { members } = entries[index]!;
      return width * (first[index]! + Math.floor((at * members) / this.parameters[index]!.numel));
    });
    const storage = createStorage('optimizer: rows', this.bytes);
    writeStorage(storage, places);
    return (this.groups = slabTensor(storage, 'int32'));
  }

  /** The gradients in the slab's form, those of frozen parameters 0, and which parameters have one. */
  gradients(optimizer: string): { grad: Tensor | null; scale: Tensor | null; active: readonly number[] } {
    const active: number[] = [];
    this.parameters.forEach((parameter, index) => {
      if (parameter.value.storage!.slab !== this.storage)
        throw new Error(
          `${optimizer}: parameter ${nameOf(parameter, index)} has been given to another optimizer since. Use that one, or make a new one.`,
        );
      if (!parameter.requiresGrad) return;
      if (!parameter.grad)
        throw new Error(
          `${optimizer}: parameter ${nameOf(parameter, index)} has no gradient. It is not reachable from the loss, or backward() was not called.`,
        );
      if (!sameShape(parameter.grad.shape, parameter.shape))
        throw new Error(
          `${optimizer}: the gradient of parameter ${nameOf(parameter, index)} is ${show(parameter.grad.shape)} and the parameter ${show(parameter.shape)}. They must be equal.`,
        );
      active.push(index);
    });
    if (active.length === 0) return { grad: null, scale: null, active };
    const grads = active.map((index) => this.parameters[index]!.grad!);
    const scaled = grads.map((grad) => Slab.scaled.get(grad));
    const scale = scaled[0]?.scale ?? null;
    const together = scale !== null && scaled.every((each) => each?.scale === scale);
    const grad = together
      ? this.pack(
          active,
          scaled.map((each) => each!.grad),
        )
      : this.pack(active, grads);
    return { grad, scale: together ? scale : null, active };
  }

  private pack(indices: readonly number[], grads = indices.map((index) => this.parameters[index]!.grad!)): Tensor {
    return pack(
      grads,
      indices.map((index) => this.offsets[index]!),
      this.bytes,
    );
  }

  private spread<T extends Float32Array | Int32Array>(into: T, value: (index: number, at: number) => number): T {
    this.parameters.forEach(({ numel }, index) => {
      const from = this.offsets[index]! / 4;
      for (let at = 0; at < numel; at++) into[from + at] = value(index, at);
    });
    return into;
  }
}

function slabTensor(storage: Storage, dtype: DType = 'float32'): Tensor {
  return new Tensor(leafValue({ shape: [storage.bytes / 4], dtype }, { storage }));
}
