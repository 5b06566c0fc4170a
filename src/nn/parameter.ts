/**
 * Parameters: leaves that require a gradient and own memory.
 */
import { createStorage, leafValue, show, Tensor, type Value } from '../graph/index.ts';
import { computeInto } from './compute-into.ts';

export class Parameter extends Tensor {
  /** Path in its model, once the model has named its parameters; for errors. */
  name = '';

  /**
   * @param data float32; computed into memory of the parameter's own, with no gradient flowing to where it came from
   */
  constructor(data: Tensor, options: { requiresGrad?: boolean } = {}) {
    super(ownValue(data));
    this.value.leaf = this;
    if (options.requiresGrad === false) this.requiresGrad = false;
  }

  override get requiresGrad(): boolean {
    return this.value.requiresGrad;
  }

  /** False freezes it: what is computed from now on gives it no gradient, and optimisers leave it alone. */
  override set requiresGrad(wanted: boolean) {
    this.value.requiresGrad = wanted;
  }

  requiresGrad_(wanted = true): this {
    this.requiresGrad = wanted;
    return this;
  }
}

function ownValue(data: Tensor): Value {
  const { shape, dtype } = data;
  if (dtype !== 'float32')
    throw new Error(`Parameter: must be float32, got ${dtype} ${show(shape)}. Convert it with to('float32').`);
  const storage = createStorage(`parameter ${show(shape)}`, data.numel * 4);
  computeInto(storage, data);
  return leafValue({ shape, dtype }, { storage, requiresGrad: true });
}
