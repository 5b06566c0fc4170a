/**
 * Scores of two classes that the host holds, as the scores of a confusion matrix on the GPU. Knows no tensor, so that
 * data can be scored without a device.
 */
export interface BinaryScores {
  /** Shares, from 0 to 1. */
  readonly accuracy: number;
  /** Of class 1. */
  readonly f1: number;
  /** Matthews' correlation, -1 to 1. */
  readonly mcc: number;
}

/** Scores of predictions of two classes; a score that would divide by zero is 0. */
export function binaryScores(predictions: ArrayLike<number>, labels: ArrayLike<number>): BinaryScores {
  const counts = [0, 0, 0, 0] as [number, number, number, number];
  for (let at = 0; at < labels.length; at++) counts[(labels[at] ? 2 : 0) + (predictions[at] ? 1 : 0)]!++;
  const [rightNo, wrongYes, wrongNo, rightYes] = counts;
  const ratio = (top: number, bottom: number): number => (bottom ? top / bottom : 0);
  const spread =
    Math.sqrt((rightYes + wrongYes) * (rightYes + wrongNo)) * Math.sqrt((rightNo + wrongYes) * (rightNo + wrongNo));
  return {
    accuracy: ratio(rightYes + rightNo, labels.length),
    f1: ratio(2 * rightYes, 2 * rightYes + wrongYes + wrongNo),
    mcc: ratio(rightYes * rightNo - wrongYes * wrongNo, spread),
  };
}
