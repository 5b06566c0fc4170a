/**
 * Losses of classes: cross-entropy, negative log-likelihood, multi-class hinge.
 *
 * The plain cross-entropy is one kernel, which gives the loss and its gradient in one pass. What weighs, smooths or
 * ignores is composed of log-softmax and the pick of a label's element.
 */
import kernels from '../../shaders/cross-entropy.wgsl';
import reduce from '../../shaders/reduce.wgsl';
import { ask, checkRange } from '../graph/ask.ts';
import { defineOp, type Dispatch, type LowerContext } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { sameShape, show } from '../graph/value.ts';
import { add, div, mul, ne, sub, where } from './arithmetic.ts';
import { to } from './copy.ts';
import { definePointwise } from './define-pointwise.ts';
import { dispatch, spread, spreadGroups } from './dispatch.ts';
import { clamp } from './extrema.ts';
import { sum } from './reduce.ts';
import { checkNotEmpty, checkReduction, reduceLoss, type LossOptions, type Reduction } from './reduction.ts';
import { logSoftmax } from './softmax.ts';
import { permute, reshape } from './views.ts';

/** Batches up to this many logits are one workgroup's work, and one dispatch. */
const SMALL = 16384;

/** Outputs: the mean loss, or that of each member, and its gradient with respect to the logits. */
const crossEntropyOp = defineOp({
  name: 'cross_entropy',
  inputs: ['logits', 'labels'],
  saves: ['out1'],
  shape: ([logits]) => [
    { shape: logits!.shape.slice(0, -2), dtype: 'float32' },
    { shape: logits!.shape, dtype: 'float32' },
  ],
  lower: lowerCrossEntropy,
  backward: ({ grads: [dy], saved: { out1 } }) => {
    if (!dy) return [null, null];
    return [mul(out1, dy.ndim ? reshape(dy, [dy.numel, 1, 1]) : dy), null];
  },
});

/** Invocations of a workgroup; a software adapter pays some 25 ns for each at every barrier. */
const LANES = { hardware: 64, software: 4 };

function lowerCrossEntropy({ inputs, limits, software, input, output, scratch }: LowerContext<object>): Dispatch[] {
  const { shape } = inputs[0]!;
  const [rows, cols] = shape.slice(-2) as [number, number];
  const members = shape.length === 3 ? shape[0]! : 1;
  const scale = 1 / rows;
  const sized = { members, rows, cols, own_labels: inputs[1]!.shape.length - 1, scale };
  const shared = { x: input(0), labels: input(1), dx: output(1) };
  if (rows * cols <= SMALL && members <= limits.maxComputeWorkgroupsPerDimension) {
    const bind = { ...shared, loss: output(0) };
    const params = { ...sized, width: 0 };
    const constants = { LANES: software ? LANES.software : LANES.hardware };
    return [dispatch(kernels.cross_entropy_small, { bind, params, constants, workgroups: [members, 1, 1] })];
  }
  const losses = scratch(members * rows * 4);
  const lines = spread(members * rows, limits);
  const means = spreadGroups(members, limits);
  return [
    dispatch(kernels.cross_entropy_rows, {
      bind: { ...shared, losses },
      params: { ...sized, width: lines.width },
      workgroups: lines.workgroups,
    }),
    dispatch(reduce.sum_rows, {
      bind: { x: losses, y: output(0) },
      params: { outer: members, size: rows, inner: 1, width: means.width, scale },
      workgroups: means.workgroups,
    }),
  ];
}

const pickBackwardOp = definePointwise<never, { ignore: number; rows: number; classes: number }>({
  name: 'pick_backward',
  inputs: ['dy', 'label'],
  dtype: () => 'float32',
  shape: ({ rows, classes }) => [rows, classes],
  expression: ([dy, label], { ignore, classes }) =>
    `select(0.0, ${dy}, (i32(i % ${classes}u) == ${label}) & (${label} != ${ignore}))`,
});

/** x[r, label[r]]; 0 where the label is `ignore`, NaN where it is out of range. */
const pickOp = definePointwise<'label', { ignore: number; rows: number; classes: number }>({
  name: 'pick',
  inputs: ['x', 'label'],
  saves: ['label'],
  whole: [0],
  dtype: () => 'float32',
  expression([x, label], { ignore, classes }) {
    const inside = `(${label} >= 0) & (${label} < ${classes})`;
    return `select(nan_unless(${inside}, ${x}[i * ${classes}u + u32(select(0, ${label}, ${inside}))]), 0.0, ${label} == ${ignore})`;
  },
  backward: ({ grads: [dy], saved: { label }, attrs }) => [
    apply(pickBackwardOp, [reshape(dy!, [attrs.rows, 1]), reshape(label, [attrs.rows, 1])], attrs),
    null,
  ],
});

/** weight[label[r]], and 0 where the label is `ignore` */
const classWeightOp = definePointwise<never, { ignore: number; classes: number }>({
  name: 'class_weight',
  inputs: ['weight', 'label'],
  whole: [0],
  dtype: () => 'float32',
  expression: ([weight, label], { ignore, classes }) =>
    `select(${weight}[u32(clamp(${label}, 0, ${classes - 1}))], 0.0, ${label} == ${ignore})`,
});

/** A label that there is none of. */
const NONE = -(2 ** 31);

export interface ClassOptions extends LossOptions {
  /** float32 [classes]: a factor for each; the mean divides by the sum of those that were used. */
  weight?: Tensor | undefined;
  /** Rows with this label count for nothing (default -100). Give it where only the GPU knows the labels. */
  ignoreIndex?: number | undefined;
}

/** Rows of classes from [batch, classes, ...], whose labels are [batch, ...]. */
function rowsOf(name: string, what: string, x: Tensor): Tensor {
  if (x.ndim < 2 || x.dtype !== 'float32')
    throw new Error(
      `${name}: ${what} must be float32 [batch, classes] or [batch, classes, ...], got ${x.dtype} ${show(x.shape)}. Reshape or convert them.`,
    );
  const classes = x.shape[1]!;
  if (classes === 0) throw new Error(`${name}: ${what} ${show(x.shape)} have no classes. Check the last layer.`);
  if (x.ndim === 2) return x;
  const last = permute(x, [0, ...x.shape.slice(2).map((_, axis) => axis + 2), 1]);
  return reshape(last, [x.numel / classes, classes]);
}

/** One axis of labels, and whether some may be ignored. */
function labelsOf(name: string, x: Tensor, labels: Tensor, ignoreIndex?: number): { flat: Tensor; ignores: boolean } {
  if (labels.dtype !== 'int32')
    throw new Error(
      `${name}: labels must be int32 class indices, got ${labels.dtype} ${show(labels.shape)}. ` +
        'For one-hot labels, pass argmax(labels, 1).',
    );
  const wanted = x.shape.toSpliced(1, 1);
  if (!sameShape(labels.shape, wanted))
    throw new Error(
      `${name}: labels are ${show(labels.shape)}, and ${show(x.shape)} needs ${show(wanted)}, one for each row of classes.`,
    );
  const ignore = ignoreIndex ?? -100;
  const classes = x.shape[1]!;
  const outside = (label: number): boolean => label !== ignore && (label < 0 || label >= classes);
  if (ask(labels, (least, greatest) => outside(least) || outside(greatest), false))
    throw new Error(
      `${name}: labels go from ${labels.value.bounds!.join(' to ')}, and ${show(x.shape)} has classes 0 to ${classes - 1}. ` +
        'Relabel the data, give the model more outputs, or set ignoreIndex.',
    );
  const ignores = ask(labels, (least, greatest) => least <= ignore && ignore <= greatest, ignoreIndex !== undefined);
  return { flat: labels.ndim === 1 ? labels : reshape(labels, [labels.numel]), ignores };
}

function checkWeight(name: string, weight: Tensor | undefined, classes: number): void {
  if (weight && (weight.dtype !== 'float32' || !sameShape(weight.shape, [classes])))
    throw new Error(
      `${name}: weight must be float32 [${classes}], one for each class, got ${weight.dtype} ${show(weight.shape)}.`,
    );
}

/** Of rows of log-probabilities and their labels. */
function likelihood(
  name: string,
  logs: Tensor,
  labels: Tensor,
  ignores: boolean,
  options: ClassOptions & { smoothing?: number },
  shape: readonly number[],
): Tensor {
  const { weight, ignoreIndex = -100, smoothing = 0, reduction } = options;
  const ignore = ignores ? ignoreIndex : NONE;
  const [rows, classes] = logs.shape as [number, number];
  const valid = ignores ? ne(labels, ignore) : undefined;
  const weights = weight ? apply(classWeightOp, [weight, labels], { ignore, classes }) : valid && to(valid, 'float32');
  let losses = mul(apply(pickOp, [logs, labels], { ignore, rows, classes }), -1);
  // What is ignored is chosen, not multiplied by 0: its gradient is 0 also where all are ignored and the mean is 0 / 0.
  if (weight) losses = mul(losses, weights!);
  if (smoothing > 0) {
    const all = sum(weight ? mul(logs, weight) : logs, 1);
    const smooth = mul(valid ? where(valid, all, 0) : all, smoothing / classes);
    losses = sub(mul(losses, 1 - smoothing), smooth);
  }
  return reduceLoss(name, reduction === 'none' ? reshape(losses, shape) : losses, reduction, weights);
}

/**
 * Negative log-likelihood of the labels under softmax(logits).
 *
 * @param logits float32 [batch, classes] or [batch, classes, ...]
 * @param target int32 labels [batch, ...] from 0 to classes - 1, or float32 probabilities of the logits' shape
 * @param options.labelSmoothing part of the target that is spread evenly over all classes
 * @throws Error for other shapes or dtypes, the mean of an empty batch, and labels out of range where the host knows
 *   their range; otherwise a label out of range makes its row's loss NaN.
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  options: ClassOptions & { labelSmoothing?: number | undefined } = {},
): Tensor {
  const name = 'crossEntropy';
  const { weight, ignoreIndex, reduction = 'mean', labelSmoothing: smoothing = 0 } = options;
  checkReduction(name, reduction);
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new Error(`${name}: labelSmoothing must be from 0 to 1, got ${smoothing}.`);
  const rows = rowsOf(name, 'logits', logits);
  const classes = rows.shape[1]!;
  checkWeight(name, weight, classes);
  const shape = logits.shape.toSpliced(1, 1);
  if (target.dtype === 'float32' && sameShape(target.shape, logits.shape)) {
    const wanted = rowsOf(name, 'target', target);
    const smooth = smoothing > 0 ? add(mul(wanted, 1 - smoothing), smoothing / classes) : wanted;
    const logs = mul(logSoftmax(rows, 1), smooth);
    const losses = mul(sum(weight ? mul(logs, weight) : logs, 1), -1);
    return reduceLoss(name, reduction === 'none' ? reshape(losses, shape) : losses, reduction);
  }
  const { flat, ignores } = labelsOf(name, logits, target, ignoreIndex);
  if (weight || smoothing > 0 || ignores || reduction === 'none')
    return likelihood(name, logSoftmax(rows, 1), flat, ignores, { ...options, smoothing }, shape);
  if (reduction === 'mean') checkNotEmpty(name, 'logits', logits);
  const loss = apply(crossEntropyOp, [rows, flat], {});
  return reduction === 'sum' ? mul(loss, rows.shape[0]!) : loss;
}

/**
 * Negative log-likelihood of the labels: crossEntropy of what logSoftmax gives.
 *
 * @param logProbabilities float32 [batch, classes] or [batch, classes, ...]
 * @param target int32 labels [batch, ...]
 */
export function nllLoss(logProbabilities: Tensor, target: Tensor, options: ClassOptions = {}): Tensor {
  const rows = rowsOf('nllLoss', 'log-probabilities', logProbabilities);
  checkWeight('nllLoss', options.weight, rows.shape[1]!);
  const { flat, ignores } = labelsOf('nllLoss', logProbabilities, target, options.ignoreIndex);
  return likelihood('nllLoss', rows, flat, ignores, options, logProbabilities.shape.toSpliced(1, 1));
}

/**
 * Multi-class hinge: the mean over all other classes j of max(0, margin - x[label] + x[j])^p.
 *
 * @param x float32 [batch, classes]
 * @param target int32 [batch]
 */
export function multiMarginLoss(
  x: Tensor,
  target: Tensor,
  options: { reduction?: Reduction | undefined; p?: 1 | 2; margin?: number; weight?: Tensor | undefined } = {},
): Tensor {
  const name = 'multiMarginLoss';
  const { p = 1, margin = 1, weight, reduction } = options;
  if (p !== 1 && p !== 2) throw new Error(`${name}: p must be 1 or 2, got ${String(p)}.`);
  const logits = rowsOf(name, 'x', x);
  const [rows, classes] = logits.shape as [number, number];
  checkWeight(name, weight, classes);
  const { flat } = labelsOf(name, x, target, NONE);
  const own = apply(pickOp, [logits, flat], { ignore: NONE, rows, classes });
  const above = clamp(add(sub(logits, reshape(own, [rows, 1])), margin), 0);
  // The class of the label itself adds margin^p, whose gradient cancels.
  const others = sub(sum(p === 2 ? mul(above, above) : above, 1), Math.max(margin, 0) ** p);
  const losses = div(others, classes);
  const weights = weight && apply(classWeightOp, [weight, flat], { ignore: NONE, classes });
  return reduceLoss(name, weights ? mul(losses, weights) : losses, reduction);
}

/**
 * Cross-entropy of stacked models, each by itself: what `crossEntropy` gives for each of them. Their sum is what
 * `backward` starts from, so that none acts on another.
 *
 * @param logits float32 [members, batch, classes]
 * @param labels int32 [batch] for all members, or [members, batch]
 * @returns float32 [members]
 * @throws Error for other shapes or dtypes, an empty batch, and labels out of range where the host knows their range.
 */
export function stackedCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const name = 'stackedCrossEntropy';
  if (logits.ndim !== 3 || logits.dtype !== 'float32')
    throw new Error(
      `${name}: logits must be float32 [members, batch, classes], got ${logits.dtype} ${show(logits.shape)}. Reshape or convert them.`,
    );
  const [, batch, classes] = logits.shape as [number, number, number];
  const known = labels.ndim === 1 || labels.ndim === 2;
  if (labels.dtype !== 'int32' || !known || !sameShape(labels.shape, logits.shape.slice(-1 - labels.ndim, -1)))
    throw new Error(
      `${name}: ${batch} rows of logits ${show(logits.shape)} and labels ${labels.dtype} ${show(labels.shape)}. Labels must be int32 [batch], or [members, batch].`,
    );
  checkNotEmpty(name, 'the batch', logits);
  checkRange(
    labels,
    0,
    classes - 1,
    (least, greatest) =>
      `${name}: labels go from ${least} to ${greatest}, and logits ${show(logits.shape)} have classes 0 to ${classes - 1}. ` +
      'Relabel the data or give the model more outputs.',
  );
  return apply(crossEntropyOp, [logits, labels], {});
}
