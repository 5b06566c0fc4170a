/**
 * Ops on the structure of tensors, all of which are methods too: their first argument is the tensor.
 */
export { diag, diagonal, tril, triu } from './diagonal.ts';
export { cumprod, cumsum } from './scan.ts';
export { bincount, bucketize, gather, histc, indexAdd, maskedSelect, nonzero, scatter, scatterAdd } from './scatter.ts';
export { argsort, median, quantile, sort, topk } from './sort.ts';
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
export { multinomial } from './multinomial.ts';
export { bmm, cdist, dot, mm, mv, outer } from './products.ts';
export { argmin, max as amax, min, min as amin, prod } from './reduce.ts';
export { all, any, countNonzero, logsumexp, norm, std, varMean, variance as var } from './statistics.ts';
export { expand as broadcastTo, flatten as ravel, flip, transpose as swapaxes } from './views.ts';
