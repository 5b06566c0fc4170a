/**
 * wgrad: deep learning on WebGPU, with hand-written kernels. The public surface: the core, every op that PyTorch has as
 * a method as a method of Tensor, data, text, files and scores. Re-exports only.
 */
import './ops/structure-methods.ts';

export * from './core.ts';
export * as data from './data/index.ts';
export * as io from './io/index.ts';
export * as metrics from './metrics/index.ts';
export * as models from './models/index.ts';
export * as text from './text/index.ts';
