/**
 * Predictions held against labels, batch by batch.
 *
 * Counting is comparing and adding up: no atomics, the same bits every run.
 */
import { checkRange, noGrad, show, type Tensor } from '../graph/index.ts';
import { arange, argmax, eq, ge, gt, lt, matmul, mean, sum, to, where } from '../ops/index.ts';

/**
 * Share of right predictions, a float32 scalar.
 *
 * @param predictions scores (logits or probabilities) float32 [batch, classes], or classes int32 or bool [batch]
 * @param labels int32 or bool [batch]
 * @param options.topK right if the label is among so many of the highest scores, of equal ones the first (default 1).
 *   A score of NaN is never among them.
 * @throws Error for other shapes or dtypes, an empty batch, and labels out of range where the host knows their range.
 */
export function accuracy(predictions: Tensor, labels: Tensor, options: { topK?: number } = {}): Tensor {
  const { topK } = options;
  checkPair('accuracy', predictions, labels);
  if (predictions.ndim === 1) {
    if (topK !== undefined)
      throw new Error(`accuracy: topK needs scores [batch, classes], got classes ${show(predictions.shape)}.`);
    return noGrad(() => mean(eq(predictions, labels)));
  }
  const classes = predictions.shape[1]!;
  checkClasses('accuracy', 'labels', labels, classes);
  const most = topK ?? 1;
  if (!Number.isInteger(most) || most < 1 || most > classes)
    throw new Error(`accuracy: topK must be a whole number from 1 to the ${classes} classes, got ${most}.`);
  return noGrad(() => {
    const index = arange(classes);
    const label = labels.unsqueeze(1);
    const own = sum(where(eq(index, label), predictions, 0), 1, { keepdim: true });
    // Beaten classes are counted rather than better ones: a comparison with NaN is false.
    const beaten = where(eq(predictions, own), gt(index, label), lt(predictions, own));
    return mean(ge(sum(beaten, 1), classes - most));
  });
}

/**
 * Counts of examples by label (row) and prediction (column), int32 [classes, classes], as scikit-learn has it. Labels
 * and predictions out of range are counted nowhere.
 *
 * @param predictions scores float32 [batch, classes], of which the highest counts, or classes int32 or bool [batch]
 * @param labels int32 or bool [batch]
 * @param classes how many there are; may be left out beside scores
 * @throws Error for other shapes or dtypes, an empty batch, or labels out of range where the host knows their range.
 */
export function confusionMatrix(predictions: Tensor, labels: Tensor, classes?: number): Tensor {
  checkPair('confusionMatrix', predictions, labels);
  const scored = predictions.ndim === 2;
  const count = classes ?? predictions.shape[1];
  if (count === undefined || !Number.isInteger(count) || count < 1)
    throw new Error(
      `confusionMatrix: the number of classes must be a whole number from 1, got ${count}. Give it as the third argument.`,
    );
  if (scored && predictions.shape[1] !== count)
    throw new Error(
      `confusionMatrix: scores ${show(predictions.shape)} are of ${predictions.shape[1]} classes, not of ${count}.`,
    );
  checkClasses('confusionMatrix', 'labels', labels, count);
  checkClasses('confusionMatrix', 'predictions', predictions, count);
  if (labels.numel > 2 ** 24)
    throw new Error(
      `confusionMatrix: ${labels.numel} examples at once; float32 counts to ${2 ** 24}. Add up smaller batches with Confusion.`,
    );
  return noGrad(() => {
    const oneHot = (index: Tensor): Tensor => to(eq(index.unsqueeze(1), arange(count)), 'float32');
    return to(matmul(oneHot(labels).transpose(), oneHot(scored ? argmax(predictions, 1) : predictions)), 'int32');
  });
}

function checkPair(name: string, predictions: Tensor, labels: Tensor): void {
  if (labels.ndim !== 1 || labels.dtype === 'float32')
    throw new Error(
      `${name}: labels must be int32 classes [batch], got ${labels.dtype} ${show(labels.shape)}. For one-hot labels, pass argmax(labels, 1).`,
    );
  if (predictions.ndim !== (predictions.dtype === 'float32' ? 2 : 1))
    throw new Error(
      `${name}: predictions must be scores float32 [batch, classes] or classes int32 [batch], got ${predictions.dtype} ${show(predictions.shape)}. ` +
        'For one probability an example, pass probabilities.gt(0.5).',
    );
  const [rows] = predictions.shape;
  if (rows !== labels.numel)
    throw new Error(`${name}: ${rows} predictions and ${labels.numel} labels. They must be equally many.`);
  if (predictions.numel === 0)
    throw new Error(`${name}: predictions ${show(predictions.shape)} are empty. Skip empty batches.`);
}

function checkClasses(name: string, what: string, x: Tensor, classes: number): void {
  checkRange(
    x,
    0,
    classes - 1,
    (least, greatest) =>
      `${name}: ${what} go from ${least} to ${greatest}, and the classes from 0 to ${classes - 1}. Relabel the data, or count more classes.`,
  );
}
