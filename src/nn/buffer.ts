/**
 * Buffers: state of a module that is saved with it and not trained.
 */
import { createStorage, leafValue, show, Tensor } from '../graph/index.ts';
import { computeInto } from './compute-into.ts';

/** A tensor that a module's `stateDict` holds beside its parameters; assign one to a field, as a Parameter. */
export class Buffer extends Tensor {
  /** False leaves it out of the state dict. */
  readonly persistent: boolean;

  /** @param data is computed into memory of the buffer's own */
  constructor(data: Tensor, options: { persistent?: boolean } = {}) {
    const storage = createStorage(`buffer ${show(data.shape)}`, data.numel * 4);
    computeInto(storage, data);
    super(leafValue(data, { storage }));
    this.persistent = options.persistent ?? true;
  }
}
