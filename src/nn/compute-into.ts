/**
 * Memory of parameters and buffers, filled by what is traced, with the next submit.
 */
import { noGrad, uncut, type Storage, type Tensor } from '../graph/index.ts';
import { clone } from '../ops/index.ts';

/** Who reads the memory before that submit has it made first. */
export function computeInto(storage: Storage, data: Tensor): void {
  const copy = uncut(() => noGrad(() => clone(data)));
  copy.value.target = storage;
  storage.awaited = true;
}
