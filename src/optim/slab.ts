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
  type Storage,
} from '../graph/index.ts';
import { pack } from '../ops/update.ts';
import type { Parameter } from '../nn/index.ts';

const ALIGNMENT = 256;

export class Slab {
  readonly parameters: readonly Parameter[];
  /** The whole slab as a tensor [floats]. */
  readonly tensor: Tensor;
  private readonly storage: Storage;
  private readonly offsets: number[] = [];
  private readonly bytes: number;

  constructor(name: string, parameters: readonly Parameter[]) {
    for (const { value } of parameters) makeAvailable(engine(), value, name, flush);
    this.parameters = parameters;
    let bytes = 0;
    for (const { numel } of parameters) {
      this.offsets.push(bytes);
      bytes += Math.ceil((numel * 4) / ALIGNMENT) * ALIGNMENT;
    }
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
  }

  /** A slab of the same form, filled with zeros. */
  zeros(name: string): Tensor {
    return slabTensor(createStorage(name, this.bytes));
  }

  /** The gradients, in the slab's form. */
  gradients(optimizer: string): Tensor {
    const grads = this.parameters.map((parameter, index) => {
      if (parameter.value.storage!.slab !== this.storage)
        throw new Error(
          `${optimizer}: parameter ${nameOf(parameter, index)} has been given to another optimizer since. Use that one, or make a new one.`,
        );
      if (!parameter.grad)
        throw new Error(
          `${optimizer}: parameter ${nameOf(parameter, index)} has no gradient. It is not reachable from the loss, or backward() was not called.`,
        );
      if (!sameShape(parameter.grad.shape, parameter.shape))
        throw new Error(
          `${optimizer}: the gradient of parameter ${nameOf(parameter, index)} is ${show(parameter.grad.shape)} and the parameter ${show(parameter.shape)}. They must be equal.`,
        );
      return parameter.grad;
    });
    return pack(grads, this.offsets, this.bytes);
  }
}

function nameOf({ name }: Parameter, index: number): string {
  return name ? `"${name}"` : `number ${index}`;
}

function slabTensor(storage: Storage): Tensor {
  return new Tensor(leafValue({ shape: [storage.bytes / 4], dtype: 'float32' }, { storage }));
}
