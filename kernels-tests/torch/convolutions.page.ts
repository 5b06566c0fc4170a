/** Convolution layers in the browser, on the numbers that PyTorch got. */
import { nn } from '../../src/index.ts';
import type { ModuleReference } from './references.ts';
import { resultsOf, type ModuleResult } from './run-module.ts';

const build: Record<string, () => nn.Layer> = {
  conv2d: () => new nn.Conv2d(3, 6, 5),
  'conv2d without bias': () => new nn.Conv2d(2, 5, 3, { padding: 1, bias: false }),
  'conv2d with strides': () => new nn.Conv2d(3, 4, [3, 2], { stride: [2, 3], padding: [1, 2] }),
  'conv2d, dilated': () => new nn.Conv2d(2, 3, 3, { dilation: [2, 3], padding: 'same' }),
  'conv2d in groups': () => new nn.Conv2d(4, 6, 3, { groups: 2 }),
  'conv2d, depthwise': () => new nn.Conv2d(4, 8, 3, { groups: 4, padding: 1 }),
  'conv2d of one element': () => new nn.Conv2d(5, 7, 1),
  'conv2d of one element with strides': () => new nn.Conv2d(5, 7, 1, { stride: 2 }),
  'conv2d, mirrored': () => new nn.Conv2d(2, 3, 3, { padding: 2, paddingMode: 'reflect' }),
  'conv2d, repeated': () => new nn.Conv2d(2, 3, 3, { padding: [2, 1], stride: 2, paddingMode: 'replicate' }),
  'conv2d, around': () => new nn.Conv2d(2, 3, [3, 4], { padding: 'same', paddingMode: 'circular' }),
  'conv1d, around': () => new nn.Conv1d(2, 3, 4, { padding: 3, paddingMode: 'circular' }),
  'conv2d of one image': () => new nn.Conv2d(3, 4, 3),
  conv1d: () => new nn.Conv1d(3, 5, 4, { stride: 2, padding: 3, dilation: 2 }),
  'conv1d in groups': () => new nn.Conv1d(4, 4, 3, { groups: 4, padding: 'same' }),
  convTranspose2d: () => new nn.ConvTranspose2d(4, 3, 3),
  'convTranspose2d with strides': () =>
    new nn.ConvTranspose2d(4, 6, 4, { stride: [2, 3], padding: 1, outputPadding: [1, 2], groups: 2 }),
  'convTranspose2d, dilated': () => new nn.ConvTranspose2d(2, 3, 3, { stride: 2, dilation: 2, padding: 2 }),
  'two layers': () => new nn.Sequential(new nn.Conv2d(3, 6, 3), new nn.ReLU(), new nn.Conv2d(6, 4, 3, { stride: 2 })),
};

export const runModule = (reference: ModuleReference): Promise<ModuleResult> =>
  resultsOf(build[reference.name]!, reference);
