/** Predictions, labels and matrices that cannot be scored. */
import { init, metrics, tensor, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const ints = (...numbers: number[]): Tensor => tensor(Int32Array.from(numbers));
const { accuracy, confusionMatrix } = metrics;

export const mistakes: Record<string, Mistake> = {
  'labels that are one-hot': mistake(
    () => accuracy(zeros([2, 3]), zeros([2, 3])),
    'accuracy:',
    'float32 [2, 3]',
    'argmax',
  ),
  'one probability an example': mistake(() => accuracy(zeros([2]), ints(0, 1)), 'accuracy:', 'float32 [2]', 'gt(0.5)'),
  'fewer labels than predictions': mistake(
    () => accuracy(zeros([3, 2]), ints(0, 1)),
    'accuracy:',
    '3 predictions',
    '2 labels',
  ),
  'an empty batch': mistake(
    () => accuracy(zeros([0, 2]), zeros([0], { dtype: 'int32' })),
    'accuracy:',
    '[0, 2]',
    'Skip',
  ),
  'scores of no class': mistake(() => accuracy(zeros([2, 0]), ints(0, 1)), 'accuracy:', '[2, 0]'),
  'a label beyond the scores': mistake(() => accuracy(zeros([2, 3]), ints(0, 3)), 'accuracy:', '0 to 3', '0 to 2'),
  'topK 0': mistake(() => accuracy(zeros([2, 3]), ints(0, 1), { topK: 0 }), 'accuracy:', 'topK', '1 to the 3', 'got 0'),
  'topK beyond the classes': mistake(
    () => accuracy(zeros([2, 3]), ints(0, 1), { topK: 4 }),
    'accuracy:',
    'topK',
    'got 4',
  ),
  'topK of classes': mistake(() => accuracy(ints(1, 1), ints(0, 1), { topK: 2 }), 'accuracy:', 'topK', '[2]'),
  'predicted classes without their number': mistake(
    () => confusionMatrix(ints(0), ints(0)),
    'confusionMatrix:',
    'undefined',
  ),
  'half a class': mistake(() => confusionMatrix(ints(0), ints(0), 1.5), 'confusionMatrix:', '1.5'),
  'scores of other classes': mistake(
    () => confusionMatrix(zeros([1, 3]), ints(0), 2),
    'confusionMatrix:',
    '[1, 3]',
    'of 2',
  ),
  'a negative label': mistake(() => confusionMatrix(ints(0), ints(-1), 2), 'confusionMatrix:', 'labels', '-1'),
  'a prediction beyond the classes': mistake(
    () => confusionMatrix(ints(2), ints(0), 2),
    'confusionMatrix:',
    'predictions',
    '2',
  ),
  'a Confusion of no class': mistake(() => new metrics.Confusion(0), 'Confusion:', 'got 0'),
  'a score of what is no matrix': mistake(
    () => metrics.f1Score(zeros([2, 3])),
    'f1Score:',
    '[2, 3]',
    'confusionMatrix(',
  ),
  'a correlation of an empty matrix': mistake(
    () => metrics.matthewsCorrcoef(zeros([0, 0])),
    'matthewsCorrcoef:',
    '[0, 0]',
  ),
  'an unknown average': mistake(
    () => metrics.recall(zeros([2, 2]), { average: wrong('mean') }),
    'recall:',
    'mean',
    'macro',
  ),
  'a binary score of three': mistake(
    () => metrics.precision(zeros([3, 3]), { average: 'binary' }),
    'precision:',
    'binary',
    'got 3',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(mistakes[name]!.make);
}
