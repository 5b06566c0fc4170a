/**
 * What all losses share: the shapes of their inputs, and the step from a loss for each element to the result.
 */
import type { Tensor } from '../graph/tensor.ts';
import { sameShape, show } from '../graph/value.ts';
import { div } from './arithmetic.ts';
import { mean, sum } from './reduce.ts';

export type Reduction = 'mean' | 'sum' | 'none';

export interface LossOptions {
  /** The mean (default), the sum, or a loss for each element. */
  reduction?: Reduction | undefined;
}

export function checkReduction(name: string, reduction: Reduction): void {
  if (!['mean', 'sum', 'none'].includes(reduction))
    throw new Error(`${name}: reduction must be 'mean', 'sum' or 'none', got ${reduction as string}.`);
}

/** @param weights what the mean divides by the sum of; the number of losses unless given */
export function reduceLoss(name: string, losses: Tensor, reduction: Reduction = 'mean', weights?: Tensor): Tensor {
  checkReduction(name, reduction);
  if (reduction === 'none') return losses;
  if (reduction === 'sum') return sum(losses);
  checkNotEmpty(name, 'the batch', losses);
  return weights ? div(sum(losses), sum(weights)) : mean(losses);
}

export function checkNotEmpty(name: string, what: string, { shape, numel }: Tensor): void {
  if (numel === 0)
    throw new Error(`${name}: ${what} ${show(shape)} is empty, and a mean over nothing is not defined. Skip it.`);
}

/** Broadcasting would hide a mistake: a column against a row gives a square. */
export function checkSameShape(name: string, prediction: Tensor, target: Tensor): void {
  if (!sameShape(prediction.shape, target.shape))
    throw new Error(
      `${name}: shapes differ, prediction is ${show(prediction.shape)} and target is ${show(target.shape)}. Reshape one of them.`,
    );
}
