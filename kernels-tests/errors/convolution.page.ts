/** Convolutions that cannot be. */
import { F, init, nn, tensor, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const x = (...shape: number[]): Tensor => zeros(shape);

export const mistakes: Record<string, Mistake> = {
  'a kernel larger than the image': mistake(
    () => F.conv2d(x(1, 2, 3, 4), x(5, 2, 5, 5)),
    'conv2d:',
    'reaches over 5x5',
    'padded input is 3x4',
    'padding',
  ),
  'a dilated kernel larger than the image': mistake(
    () => F.conv2d(x(1, 2, 6, 6), x(5, 2, 3, 3), null, { dilation: 3 }),
    'conv2d:',
    'reaches over 7x7',
    '6x6',
  ),
  'a kernel larger than the signal': mistake(() => F.conv1d(x(1, 2, 3), x(5, 2, 4)), 'conv1d:', '4', '3'),
  'groups that do not divide': mistake(
    () => F.conv2d(x(1, 6, 5, 5), x(5, 3, 3, 3), null, { groups: 2 }),
    'conv2d:',
    'groups 2',
    '6 in',
    '5 out',
  ),
  'groups of a fraction': mistake(
    () => F.conv2d(x(1, 6, 5, 5), x(5, 3, 3, 3), null, { groups: 1.5 }),
    'conv2d:',
    'groups',
    '1.5',
  ),
  'channels that differ': mistake(
    () => F.conv2d(x(1, 3, 5, 5), x(6, 4, 3, 3)),
    'conv2d:',
    '[1, 3, 5, 5]',
    'with 3 channels',
    'takes 4',
  ),
  'channels last': mistake(() => F.conv2d(x(8, 32, 32, 3), x(6, 3, 5, 5)), 'conv2d:', 'with 32 channels', 'takes 3'),
  'an image without channels': mistake(() => F.conv2d(x(5, 5), x(6, 3, 3, 3)), 'conv2d:', '[5, 5]', 'channels'),
  'a flat weight': mistake(() => F.conv2d(x(1, 3, 5, 5), x(6, 27)), 'conv2d:', '[6, 27]', '4 axes'),
  'a bias of another length': mistake(
    () => F.conv2d(x(1, 3, 5, 5), x(6, 3, 3, 3), x(3)),
    'conv2d:',
    'bias is [3]',
    '[6]',
  ),
  'pixels of whole numbers': mistake(
    () => F.conv2d(tensor(Int32Array.of(1, 2, 3, 4), { shape: [1, 1, 2, 2] }), x(1, 1, 1, 1)),
    'conv2d:',
    'int32',
  ),
  'an empty batch': mistake(() => F.conv2d(x(0, 3, 5, 5), x(6, 3, 3, 3)), 'conv2d:', '[0, 3, 5, 5]', 'empty'),
  'a stride of 0': mistake(() => F.conv2d(x(1, 1, 3, 3), x(1, 1, 1, 1), null, { stride: 0 }), 'conv2d:', 'stride', '0'),
  'a padding below 0': mistake(
    () => F.conv2d(x(1, 1, 3, 3), x(1, 1, 1, 1), null, { padding: [-1, 0] }),
    'conv2d:',
    'padding',
    '-1',
  ),
  'a padding of three numbers': mistake(
    () => F.conv2d(x(1, 1, 3, 3), x(1, 1, 1, 1), null, { padding: wrong([1, 2, 3]) }),
    'conv2d:',
    'padding',
    '1, 2, 3',
  ),
  'a padding by another name': mistake(
    () => F.conv2d(x(1, 1, 3, 3), x(1, 1, 1, 1), null, { padding: wrong('full') }),
    'conv2d:',
    'padding',
    'full',
  ),
  'the same size at a stride of 2': mistake(
    () => F.conv2d(x(1, 1, 3, 3), x(1, 1, 3, 3), null, { stride: 2, padding: 'same' }),
    'conv2d:',
    "'same'",
    'stride 1',
  ),
  'an output padding as large as the stride': mistake(
    () => F.convTranspose2d(x(1, 2, 3, 3), x(2, 4, 3, 3), null, { stride: 2, outputPadding: 2 }),
    'convTranspose2d:',
    'outputPadding 2',
    'stride 2',
  ),
  'a transposed convolution that leaves nothing': mistake(
    () => F.convTranspose2d(x(1, 2, 1, 1), x(2, 4, 3, 3), null, { padding: 2 }),
    'convTranspose2d:',
    '-1x-1',
  ),
  'a transposed convolution of other channels': mistake(
    () => F.convTranspose2d(x(1, 3, 4, 4), x(2, 4, 3, 3)),
    'convTranspose2d:',
    'with 3 channels',
    'takes 2',
  ),
  'windows larger than the image': mistake(() => F.unfold(x(1, 2, 3, 3), 4), 'unfold:', '4x4', '3x3'),
  'windows of nothing': mistake(() => F.unfold(x(1, 2, 3, 3), 0), 'unfold:', 'kernelSize', '0'),
  'windows of a vector': mistake(() => F.unfold(x(3), 1), 'unfold:', '[3]', 'channels'),
  'columns that are no windows of the image': mistake(
    () => F.fold(x(1, 8, 5), 3, 2),
    'fold:',
    '[1, 8, 5]',
    'channels * 4, 4]',
  ),

  'a layer without channels': mistake(() => new nn.Conv2d(0, 6, 5), 'Conv2d:', 'inChannels', '0'),
  'a layer whose groups do not divide': mistake(
    () => new nn.Conv2d(3, 6, 5, { groups: 2 }),
    'Conv2d:',
    'groups 2',
    '3 in',
  ),
  'a layer without a kernel': mistake(() => new nn.Conv2d(3, 6, 0), 'Conv2d:', 'kernelSize', '0'),
  'a layer of three kernel sizes': mistake(() => new nn.Conv2d(3, 6, wrong([3, 3, 3])), 'Conv2d:', '3, 3, 3'),
  'an image of another size, in a model': mistake(
    () => new nn.Sequential(new nn.Conv2d(3, 6, 5), new nn.Conv2d(6, 16, 5)).forward(x(1, 3, 8, 8)),
    'conv2d:',
    '5x5',
    '4x4',
    'Sequential.1',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(mistakes[name]!.make);
}
