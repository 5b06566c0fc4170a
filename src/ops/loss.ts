/**
 * Losses, averaged over the batch.
 */
import kernels from '../../shaders/cross-entropy.wgsl';
import reduce from '../../shaders/reduce.wgsl';
import { defineOp, type Dispatch, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { sameShape, show } from '../graph/value.ts';
import { mul, square, sub } from './arithmetic.ts';
import { dispatch, spread } from './dispatch.ts';
import { mean } from './reduce.ts';

/** Batches up to this many logits are one workgroup's work, and one dispatch. */
const SMALL = 16384;

/** Outputs: the mean loss, and its gradient with respect to the logits. */
const crossEntropyOp = defineOp({
  name: 'cross_entropy',
  inputs: ['logits', 'labels'],
  saves: ['out1'],
  shape: ([logits]) => [
    { shape: [], dtype: 'float32' },
    { shape: logits!.shape, dtype: 'float32' },
  ],
  lower: lowerCrossEntropy,
  backward: ({ grads: [dy], saved: { out1 } }) => [dy ? mul(out1, dy) : null, null],
});

function lowerCrossEntropy({ inputs, limits, input, output, scratch }: LowerContext<object>): Dispatch[] {
  const [rows, cols] = inputs[0]!.shape as [number, number];
  const scale = 1 / rows;
  const shared = { x: input(0), labels: input(1), dx: output(1) };
  if (rows * cols <= SMALL) {
    const bind = { ...shared, loss: output(0) };
    return [
      dispatch(kernels.cross_entropy_small, { bind, params: { rows, cols, width: 0, scale }, workgroups: [1, 1, 1] }),
    ];
  }
  const losses = scratch(rows * 4);
  const { workgroups, width } = spread(rows, limits);
  const params = { rows, cols, width, scale };
  return [
    dispatch(kernels.cross_entropy_rows, { bind: { ...shared, losses }, params, workgroups }),
    dispatch(reduce.sum_rows, {
      bind: { x: losses, y: output(0) },
      params: { outer: 1, size: rows, inner: 1, width: 1, scale },
      workgroups: [1, 1, 1],
    }),
  ];
}

/**
 * Mean negative log-likelihood of the labels under softmax(logits).
 *
 * @param logits float32 [batch, classes]
 * @param labels int32 [batch], each from 0 to classes - 1
 * @throws Error for other shapes or dtypes, an empty batch, and labels out of range where the host knows their range;
 *   otherwise a label out of range makes the loss NaN.
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  if (logits.ndim !== 2 || logits.dtype !== 'float32')
    throw new Error(
      `crossEntropy: logits must be float32 [batch, classes], got ${logits.dtype} ${show(logits.shape)}. Reshape or convert them.`,
    );
  if (labels.dtype !== 'int32' || labels.ndim !== 1)
    throw new Error(
      `crossEntropy: labels must be int32 class indices [batch], got ${labels.dtype} ${show(labels.shape)}. ` +
        'For one-hot labels, pass argmax(labels, 1).',
    );
  const [batch, classes] = logits.shape as [number, number];
  if (labels.shape[0] !== batch)
    throw new Error(
      `crossEntropy: ${batch} rows of logits ${show(logits.shape)} and ${labels.shape[0]} labels. They must be equally many.`,
    );
  if (batch === 0 || classes === 0)
    throw new Error(
      `crossEntropy: logits ${show(logits.shape)} are empty, and a mean over nothing is not defined. Skip empty batches.`,
    );
  const { bounds } = labels.value;
  if (bounds && (bounds[0] < 0 || bounds[1] >= classes))
    throw new Error(
      `crossEntropy: labels go from ${bounds[0]} to ${bounds[1]}, and logits ${show(logits.shape)} have classes 0 to ${classes - 1}. ` +
        'Relabel the data or give the model more outputs.',
    );
  return apply(crossEntropyOp, [logits, labels], {});
}

/** Mean of the squared differences; both tensors have the same shape. */
export function mseLoss(prediction: Tensor, target: Tensor): Tensor {
  if (!sameShape(prediction.shape, target.shape))
    throw new Error(
      `mseLoss: shapes differ, prediction is ${show(prediction.shape)} and target is ${show(target.shape)}. Reshape one of them.`,
    );
  if (prediction.numel === 0)
    throw new Error(
      `mseLoss: ${show(prediction.shape)} is empty, and a mean over nothing is not defined. Skip empty batches.`,
    );
  return mean(square(sub(prediction, target)));
}
