/**
 * Ops on the structure of tensors, all of which are methods too: their first argument is the tensor.
 */
export { diag, diagonal, tril, triu } from './diagonal.ts';
export {
  chunk,
  expandAs,
  maskedFill,
  movedim,
  narrow,
  repeat,
  repeatInterleave,
  roll,
  select,
  split,
  tile,
  unbind,
  unflatten,
  viewAs,
} from './shaping.ts';
export { expand as broadcastTo, flatten as ravel, flip, transpose as swapaxes } from './views.ts';
