/** Predictions and targets that losses cannot take. */
import { F, init, tensor, zeros } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const ints = (...numbers: number[]): ReturnType<typeof tensor> => tensor(Int32Array.from(numbers));
const x = (...shape: number[]): ReturnType<typeof tensor> => zeros(shape);

export const mistakes: Record<string, Mistake> = {
  'an unknown reduction': mistake(
    () => F.mseLoss(x(2), x(2), { reduction: wrong('average') }),
    'mseLoss:',
    "'mean', 'sum' or 'none'",
    'got average',
  ),
  'an unknown reduction over classes': mistake(
    () => F.crossEntropy(x(2, 3), ints(0, 1), { reduction: wrong('batchmean') }),
    'crossEntropy:',
    'got batchmean',
  ),
  'weights of too few classes': mistake(
    () => F.crossEntropy(x(2, 3), ints(0, 1), { weight: x(2) }),
    'crossEntropy:',
    'float32 [3]',
    'float32 [2]',
  ),
  'weights that are whole numbers': mistake(
    () => F.nllLoss(x(2, 3), ints(0, 1), { weight: ints(1, 1, 1) }),
    'nllLoss:',
    'float32 [3]',
    'int32 [3]',
  ),
  'a smoothing above 1': mistake(
    () => F.crossEntropy(x(2, 3), ints(0, 1), { labelSmoothing: 1.5 }),
    'crossEntropy:',
    'labelSmoothing',
    'got 1.5',
  ),
  'a smoothing that is NaN': mistake(
    () => F.crossEntropy(x(2, 3), ints(0, 1), { labelSmoothing: NaN }),
    'crossEntropy:',
    'got NaN',
  ),
  'a label out of range that is not the one ignored': mistake(
    () => F.nllLoss(x(3, 3), ints(0, -1, 2), { ignoreIndex: -2 }),
    'nllLoss:',
    '-1 to 2',
    '0 to 2',
    'ignoreIndex',
  ),
  'labels without the axes of pixels': mistake(
    () => F.crossEntropy(x(2, 3, 4), ints(0, 1)),
    'crossEntropy:',
    '[2]',
    '[2, 3, 4]',
    '[2, 4]',
  ),
  'labels of a likelihood that are no whole numbers': mistake(
    () => F.nllLoss(x(2, 3), x(2)),
    'nllLoss:',
    'int32',
    'float32 [2]',
  ),
  'targets of another shape than the logits': mistake(
    () => F.binaryCrossEntropyWithLogits(x(4, 1), x(4)),
    'binaryCrossEntropyWithLogits:',
    '[4, 1]',
    '[4]',
  ),
  'the batchmean of an empty batch': mistake(
    () => F.klDiv(x(0, 3), x(0, 3), { reduction: 'batchmean' }),
    'klDiv:',
    '[0, 3]',
    'empty',
  ),
  'a batchmean of unequal shapes': mistake(
    () => F.klDiv(x(2, 3), x(3), { reduction: 'batchmean' }),
    'klDiv:',
    '[2, 3]',
    '[3]',
  ),
  'a beta below 0': mistake(() => F.smoothL1Loss(x(2), x(2), { beta: -1 }), 'smoothL1Loss:', 'beta', 'got -1'),
  'a beta that is NaN': mistake(() => F.smoothL1Loss(x(2), x(2), { beta: NaN }), 'smoothL1Loss:', 'got NaN'),
  'a delta of 0': mistake(() => F.huberLoss(x(2), x(2), { delta: 0 }), 'huberLoss:', 'delta', 'got 0'),
  'a hinge of power 3': mistake(
    () => F.multiMarginLoss(x(2, 3), ints(0, 1), { p: wrong(3) }),
    'multiMarginLoss:',
    '1 or 2',
    'got 3',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}
