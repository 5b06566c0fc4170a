/**
 * Scores of a confusion matrix (rows labels, columns predictions): one matrix gives them all.
 *
 * Where scikit-learn warns of a division by zero, the score is 0, as it is there.
 */
import { noGrad, show, type Tensor } from '../graph/index.ts';
import { add, arange, div, eq, gt, matmul, mul, sqrt, sub, sum, to, where } from '../ops/index.ts';

/**
 * `none`: each class by itself, [classes]. `macro`: the mean over the classes that occur among labels or predictions.
 * `weighted`: the mean weighted by the labels of each class. `micro`: all decisions together, which is the accuracy.
 * `binary`: class 1 of two.
 */
export type Average = 'none' | 'macro' | 'weighted' | 'micro' | 'binary';

export interface ScoreOptions {
  /** Default `macro`. */
  average?: Average;
}

/** For each class: examples of it that were found, predicted as it, and labelled as it. */
interface Counts {
  readonly hits: Tensor;
  readonly predicted: Tensor;
  readonly labelled: Tensor;
}

function count(name: string, confusion: Tensor): Counts {
  const [rows, columns] = confusion.shape;
  if (confusion.ndim !== 2 || rows !== columns || rows === 0)
    throw new Error(
      `${name}: needs a confusion matrix [classes, classes], got ${confusion.dtype} ${show(confusion.shape)}. Use confusionMatrix(predictions, labels).`,
    );
  const index = arange(rows!);
  return {
    hits: sum(where(eq(index.unsqueeze(1), index), confusion, 0), 1),
    predicted: sum(confusion, 0),
    labelled: sum(confusion, 1),
  };
}

/** 0 where there is nothing to divide by; then there is nothing to divide either. */
function ratio(numerator: Tensor, denominator: Tensor): Tensor {
  return div(numerator, where(gt(denominator, 0), denominator, 1));
}

type Score = (confusion: Tensor, options?: ScoreOptions) => Tensor;

function defineScore(name: string, parts: (counts: Counts) => [Tensor, Tensor]): Score {
  return (confusion, { average = 'macro' } = {}) =>
    noGrad(() => {
      const counts = count(name, confusion);
      const { predicted, labelled } = counts;
      const [numerator, denominator] = parts(counts);
      const each = ratio(numerator, denominator);
      if (average === 'none') return each;
      if (average === 'micro') return ratio(sum(numerator), sum(denominator));
      if (average === 'weighted') return ratio(sum(mul(each, labelled)), sum(labelled));
      if (average === 'macro') return ratio(sum(each), sum(gt(add(predicted, labelled), 0)));
      if (average !== 'binary')
        throw new Error(`${name}: unknown average "${String(average)}". Use none, macro, weighted, micro or binary.`);
      if (each.numel !== 2)
        throw new Error(`${name}: average "binary" is of 2 classes, got ${each.numel}. Use macro or micro.`);
      return each.slice(0, 1, 2).reshape([]);
    });
}

/** Of what was predicted as a class, the share that is of it. */
export const precision: Score = defineScore('precision', ({ hits, predicted }) => [hits, predicted]);

/** Of what is of a class, the share that was predicted as it. */
export const recall: Score = defineScore('recall', ({ hits, labelled }) => [hits, labelled]);

/** Harmonic mean of precision and recall. */
export const f1Score: Score = defineScore('f1Score', ({ hits, predicted, labelled }) => [
  mul(hits, 2),
  add(predicted, labelled),
]);

/**
 * Matthews' correlation of labels and predictions, -1 to 1; 0 where either is all one class.
 *
 * Source: Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006, in a form without differences of large products.
 */
export function matthewsCorrcoef(confusion: Tensor): Tensor {
  return noGrad(() => {
    const { hits, predicted, labelled } = count('matthewsCorrcoef', confusion);
    const total = sum(confusion);
    const dot = (a: Tensor, b: Tensor): Tensor => matmul(to(a, 'float32'), to(b, 'float32'));
    const missed = sub(labelled, hits);
    const wrong = sub(predicted, hits);
    const rest = sub(sub(total, labelled), wrong);
    const spread = mul(sqrt(dot(predicted, sub(total, predicted))), sqrt(dot(labelled, sub(total, labelled))));
    return ratio(sub(dot(hits, rest), dot(missed, wrong)), spread);
  });
}
