/**
 * Losses of a prediction and a target, element by element. Classes are in cross-entropy.ts.
 *
 * Each throws where shapes differ, where the reduction is unknown, and for the mean of an empty batch.
 */
import type { Tensor } from '../graph/tensor.ts';
import { softplus } from './activation.ts';
import { abs, add, div, exp, log, mul, square, sub } from './arithmetic.ts';
import { defineFormula } from './define-formula.ts';
import { clamp } from './extrema.ts';
import { checkNotEmpty, checkSameShape, reduceLoss, type LossOptions, type Reduction } from './reduction.ts';
import { sum } from './reduce.ts';

type Binary = (prediction: Tensor, target: Tensor) => Tensor;

function loss(name: string, of: Binary, prediction: Tensor, target: Tensor, options: LossOptions): Tensor {
  checkSameShape(name, prediction, target);
  return reduceLoss(name, of(prediction, target), options.reduction);
}

/** (prediction - target)^2 */
export function mseLoss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  return loss('mseLoss', (x, t) => square(sub(x, t)), prediction, target, options);
}

/** |prediction - target| */
export function l1Loss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  return loss('l1Loss', (x, t) => abs(sub(x, t)), prediction, target, options);
}

const smoothL1Op = defineFormula(
  'smooth_l1',
  ['d'],
  'scale * select(abs(d) - 0.5 * beta, 0.5 * d * d / beta, abs(d) < beta)',
  ['scale * select(select(sign(d), d / beta, abs(d) < beta), d, is_nan(d))'],
);

/** d^2 / (2 beta) where |d| < beta, |d| - beta / 2 beyond, for d = prediction - target */
export function smoothL1Loss(
  prediction: Tensor,
  target: Tensor,
  options: LossOptions & { beta?: number } = {},
): Tensor {
  const { beta = 1 } = options;
  if (!(beta >= 0)) throw new Error(`smoothL1Loss: beta must be at least 0, got ${beta}.`);
  return loss('smoothL1Loss', (x, t) => smoothL1Op([sub(x, t)], { beta, scale: 1 }), prediction, target, options);
}

/** d^2 / 2 where |d| < delta, delta (|d| - delta / 2) beyond, for d = prediction - target */
export function huberLoss(prediction: Tensor, target: Tensor, options: LossOptions & { delta?: number } = {}): Tensor {
  const { delta = 1 } = options;
  if (!(delta > 0)) throw new Error(`huberLoss: delta must be above 0, got ${delta}.`);
  const of: Binary = (x, t) => smoothL1Op([sub(x, t)], { beta: delta, scale: delta });
  return loss('huberLoss', of, prediction, target, options);
}

const bceOp = defineFormula(
  'binary_cross_entropy',
  ['x', 't'],
  '-(t * max(log_exact(x), -100.0) + (1.0 - t) * max(log1p(-x), -100.0))',
  ['(x - t) / max((1.0 - x) * x, 1e-12)', 'max(log1p(-x), -100.0) - max(log_exact(x), -100.0)'],
);

interface WeightedOptions extends LossOptions {
  /** Factor for each element; broadcasts. */
  weight?: Tensor | undefined;
}

const weighted = (losses: Tensor, weight?: Tensor): Tensor => (weight ? mul(losses, weight) : losses);

/** -t log x - (1 - t) log(1 - x) for probabilities x, whose logarithms stop at -100 as in PyTorch. */
export function binaryCrossEntropy(prediction: Tensor, target: Tensor, options: WeightedOptions = {}): Tensor {
  const of: Binary = (x, t) => weighted(bceOp([x, t]), options.weight);
  return loss('binaryCrossEntropy', of, prediction, target, options);
}

// softplus(x) - x t, where neither overflows nor cancels
const bceWithLogitsOp = defineFormula(
  'bce_with_logits',
  ['x', 't'],
  'log1p(exp_exact(-abs(x))) + x * (select(0.0, 1.0, x > 0.0) - t)',
  ['sigmoid(x) - t', '-x'],
);
const bcePositiveOp = defineFormula('bce_positive', ['x', 't', 'p'], 'p * t * softplus(-x) + (1.0 - t) * softplus(x)', [
  '(1.0 - t) * sigmoid(x) - p * t * sigmoid(-x)',
  'p * softplus(-x) - softplus(x)',
  't * softplus(-x)',
]);

/**
 * Binary cross-entropy of sigmoid(logits), without its overflow.
 *
 * @param options.posWeight factor for the part of positive targets; broadcasts
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  target: Tensor,
  options: WeightedOptions & { posWeight?: Tensor | undefined } = {},
): Tensor {
  const { weight, posWeight } = options;
  const of: Binary = (x, t) => weighted(posWeight ? bcePositiveOp([x, t, posWeight]) : bceWithLogitsOp([x, t]), weight);
  return loss('binaryCrossEntropyWithLogits', of, logits, target, options);
}

const klDivOp = defineFormula('kl_div', ['x', 't'], 'select(t * (log_exact(t) - x), 0.0, t == 0.0)', [
  '-t',
  'log_exact(t) + 1.0 - x',
]);
const klDivLogOp = defineFormula('kl_div_log', ['x', 't'], 'exp(t) * (t - x)', ['-exp(t)', 'exp(t) * (t - x + 1.0)']);

/**
 * Kullback-Leibler divergence t (log t - x) of the target from the prediction, whose logarithm is given.
 *
 * @param options.logTarget the target is given by its logarithm too
 * @param options.reduction also 'batchmean': the sum by the size of axis 0, which is what the definition asks for
 */
export function klDiv(
  prediction: Tensor,
  target: Tensor,
  options: { reduction?: Reduction | 'batchmean' | undefined; logTarget?: boolean } = {},
): Tensor {
  const { reduction, logTarget = false } = options;
  const of: Binary = (x, t) => (logTarget ? klDivLogOp : klDivOp)([x, t]);
  if (reduction !== 'batchmean') return loss('klDiv', of, prediction, target, { reduction });
  checkSameShape('klDiv', prediction, target);
  checkNotEmpty('klDiv', 'the batch', prediction);
  return div(sum(of(prediction, target)), prediction.shape[0] ?? 1);
}

const hingeOp = defineFormula(
  'hinge_embedding',
  ['x', 't'],
  'select(max(margin - x, 0.0), 0.0, t == 1.0) + select(x, 0.0, t == -1.0)',
  ['select(1.0, 0.0, t == -1.0) - select(1.0, 0.0, (t == 1.0) | (x > margin))', 0],
);

/** x where the target is 1, max(0, margin - x) where it is -1 */
export function hingeEmbeddingLoss(x: Tensor, target: Tensor, options: LossOptions & { margin?: number } = {}): Tensor {
  const { margin = 1 } = options;
  return loss('hingeEmbeddingLoss', (a, t) => hingeOp([a, t], { margin }), x, target, options);
}

/** max(0, margin - target * (a - b)): a should be the greater where the target is 1, b where it is -1. */
export function marginRankingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  options: LossOptions & { margin?: number } = {},
): Tensor {
  checkSameShape('marginRankingLoss', a, b);
  const of: Binary = (d, t) => clamp(sub(options.margin ?? 0, mul(t, d)), 0);
  return loss('marginRankingLoss', of, sub(a, b), target, options);
}

/** log(1 + e^(-target * x)) for targets 1 and -1 */
export function softMarginLoss(x: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  return loss('softMarginLoss', (a, t) => softplus(mul(mul(a, t), -1)), x, target, options);
}

/**
 * -log of the Poisson probability of the target, without its last term.
 *
 * @param options.logInput x is the logarithm of the rate (default true)
 * @param options.eps keeps log(x) finite where x is the rate
 */
export function poissonNllLoss(
  x: Tensor,
  target: Tensor,
  options: LossOptions & { logInput?: boolean; eps?: number } = {},
): Tensor {
  const { logInput = true, eps = 1e-8 } = options;
  const of: Binary = (a, t) => (logInput ? sub(exp(a), mul(t, a)) : sub(a, mul(t, log(add(a, eps)))));
  return loss('poissonNllLoss', of, x, target, options);
}

/**
 * -log of the normal density of the target, with mean x and the given variance.
 *
 * @param variance one for each element; broadcasts. At least eps is taken.
 * @param options.full with the constant log(2 pi) / 2
 */
export function gaussianNllLoss(
  x: Tensor,
  target: Tensor,
  variance: Tensor,
  options: LossOptions & { full?: boolean; eps?: number } = {},
): Tensor {
  const { full = false, eps = 1e-6 } = options;
  const of: Binary = (a, t) => {
    const spread = clamp(variance, eps);
    const half = mul(add(log(spread), div(square(sub(a, t)), spread)), 0.5);
    return full ? add(half, 0.5 * Math.log(2 * Math.PI)) : half;
  };
  return loss('gaussianNllLoss', of, x, target, options);
}
