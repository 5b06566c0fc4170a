/** Pooling, normalisation, padding and resizing that cannot work. */
import { F, init, nn, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const x = (...shape: number[]): Tensor => zeros(shape);

export const mistakes: Record<string, Mistake> = {
  'a window larger than the padded image': mistake(
    () => F.maxPool2d(x(1, 1, 2, 9), 5, { padding: 1 }),
    'maxPool2d:',
    '5x5',
    '2x9',
    'padding 1, 1',
    'smaller kernelSize',
  ),
  'dilation that makes a window too large': mistake(
    () => F.maxPool2d(x(1, 1, 4, 4), 3, { dilation: 2 }),
    'maxPool2d:',
    '3x3',
    '4x4',
  ),
  'padding of more than half a window': mistake(
    () => F.avgPool2d(x(1, 1, 8, 8), 3, { padding: 2 }),
    'avgPool2d:',
    'padding 2, 2',
    'half',
    '3, 3',
  ),
  'a window that steps over the image': mistake(
    () => F.maxPool2d(x(1, 1, 2, 2), 2, { padding: 1, dilation: 3 }),
    'maxPool2d:',
    'dilation 3, 3',
    'padding 1, 1',
    '2x2',
    'less of either',
  ),
  'a window of no pixels': mistake(() => F.maxPool2d(x(1, 1, 4, 4), 0), 'maxPool2d:', 'kernelSize', '0'),
  'a stride of a fraction': mistake(
    () => F.maxPool2d(x(1, 1, 4, 4), 2, { stride: 1.5 }),
    'maxPool2d:',
    'stride',
    '1.5',
  ),
  'pooling of a table': mistake(() => F.maxPool2d(x(4, 4), 2), 'maxPool2d:', '[4, 4]', 'channels'),
  'a sum divided by zero': mistake(
    () => F.avgPool2d(x(1, 1, 4, 4), 2, { divisorOverride: 0 }),
    'avgPool2d:',
    'divisorOverride',
    '0',
  ),
  'parts of no image': mistake(() => F.adaptiveAvgPool2d(x(1, 1, 4, 4), 0), 'adaptiveAvgPool2d:', 'outputSize', '0'),
  'an image without pixels': mistake(
    () => F.adaptiveMaxPool2d(x(1, 1, 0, 4), 1),
    'adaptiveMaxPool2d:',
    '[1, 1, 0, 4]',
    'not empty',
  ),

  'a batch of one in batch normalisation': mistake(
    () => new nn.BatchNorm1d(3).forward(x(1, 3)),
    'batchNorm:',
    '[1, 3]',
    'larger batch',
    'eval()',
  ),
  'a batch of one pixel in batch normalisation': mistake(
    () => new nn.BatchNorm2d(3).forward(x(1, 3, 1, 1)),
    'batchNorm:',
    '[1, 3, 1, 1]',
  ),
  'too many channels for batch normalisation': mistake(
    () => new nn.BatchNorm2d(3).forward(x(2, 4, 5, 5)),
    'batchNorm:',
    '[3]',
    '[4]',
  ),
  'rows in batch normalisation of images': mistake(
    () => new nn.BatchNorm2d(3).forward(x(2, 3)),
    'BatchNorm2d:',
    '[2, 3]',
    '4 axes',
  ),
  'groups that do not divide the channels': mistake(() => F.groupNorm(x(2, 6, 4), 4), 'groupNorm:', '4', '6 channels'),
  'instances of one pixel': mistake(() => F.instanceNorm(x(2, 3, 1, 1)), 'instanceNorm:', '[2, 3, 1, 1]', 'larger'),
  'a layer of another shape': mistake(() => F.layerNorm(x(2, 3, 5), [3, 4]), 'layerNorm:', '[2, 3, 5]', '[3, 4]'),
  'a layer with a weight of another shape': mistake(
    () => F.layerNorm(x(2, 5), 5, { weight: x(4) }),
    'layerNorm:',
    'weight',
    '[4]',
    '[5]',
  ),
  'a response over no channels': mistake(() => F.localResponseNorm(x(1, 3, 4), 0), 'localResponseNorm:', 'size', '0'),

  'instances of one axis too few': mistake(
    () => new nn.InstanceNorm2d(3).forward(x(2, 3, 4)),
    'InstanceNorm2d:',
    '[2, 3, 4]',
    '4 axes',
    'unsqueeze()',
  ),
  'a reflection as wide as the image': mistake(
    () => F.pad(x(1, 1, 4, 3), [0, 0, 4, 0], { mode: 'reflect' }),
    'pad:',
    '4 and 0',
    'axis 2',
    'to 3',
  ),
  'a border from further than the other side': mistake(
    () => new nn.CircularPad2d(5).forward(x(1, 1, 4, 4)),
    'pad:',
    '5 and 5',
    "'circular'",
    'to 4',
  ),
  'a repetition of less than nothing': mistake(
    () => F.pad(x(4), [-1, 0], { mode: 'replicate' }),
    'pad:',
    '-1 and 0',
    'constant',
  ),
  'a border of an unknown kind': mistake(
    () => F.pad(x(4), [1, 0], { mode: wrong('mirror') }),
    'pad:',
    "'mirror'",
    "'reflect'",
  ),
  'a border of an empty image': mistake(() => F.pad(x(0, 4), [1, 0], { mode: 'replicate' }), 'pad:', '[0, 4]'),
  'interpolation to nothing': mistake(
    () => F.interpolate(x(1, 1, 4, 4), { scaleFactor: 0.2 }),
    'interpolate:',
    'scaleFactor 0.2, 0.2',
    '[0, 0]',
  ),
  'interpolation to neither size nor scale': mistake(
    () => F.interpolate(x(1, 1, 4, 4), {}),
    'interpolate:',
    'neither',
    'scaleFactor',
  ),
  'interpolation to both': mistake(
    () => F.interpolate(x(1, 1, 4, 4), { size: 2, scaleFactor: 2 }),
    'interpolate:',
    'both',
  ),
  'two axes interpolated as one': mistake(
    () => F.interpolate(x(1, 1, 4, 4), { size: 2, mode: 'linear' }),
    'interpolate:',
    "'linear'",
    "'bilinear'",
  ),
  'a size too many': mistake(
    () => F.interpolate(x(1, 1, 4), { size: [2, 2] }),
    'interpolate:',
    'size 2, 2',
    '1 numbers',
  ),
  'a shuffle of channels that do not divide': mistake(
    () => F.pixelShuffle(x(1, 6, 2, 2), 2),
    'pixelShuffle:',
    '[1, 6, 2, 2]',
    'square',
  ),
  'dropout of the channels of a table': mistake(() => F.dropout2d(x(4, 4)), 'dropout2d:', '[4, 4]', 'dropout'),
  'a Dropout2d of everything': mistake(() => new nn.Dropout2d(1), 'Dropout2d:', '1'),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}
