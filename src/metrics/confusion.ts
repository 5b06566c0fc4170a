/**
 * A confusion matrix over many batches, added up on the GPU and read once.
 */
import { createStorage, leafValue, Tensor, writeStorage } from '../graph/index.ts';
import { accumulate } from '../ops/accumulate.ts';
import { confusionMatrix } from './classification.ts';

/**
 * Works as it stands in a compiled step. Counts to 2^31; scores of more than 2^24 examples are rounded to float32.
 *
 * @example
 * const confusion = new metrics.Confusion(10);
 * for await (const [x, y] of testLoader) confusion.update(model.forward(x), y);
 * console.log(await metrics.f1Score(confusion.matrix).item());
 */
export class Confusion {
  /** Counts so far by label (row) and prediction (column), int32 [classes, classes]; it changes with each update. */
  readonly matrix: Tensor;

  constructor(classes: number) {
    if (!Number.isInteger(classes) || classes < 1)
      throw new Error(`Confusion: the number of classes must be a whole number from 1, got ${classes}.`);
    const storage = createStorage('Confusion', 4 * classes * classes);
    this.matrix = new Tensor(leafValue({ shape: [classes, classes], dtype: 'int32' }, { storage }));
  }

  /** Adds a batch. Arguments and errors as of `confusionMatrix`. */
  update(predictions: Tensor, labels: Tensor): void {
    accumulate(this.matrix, confusionMatrix(predictions, labels, this.matrix.shape[0]));
  }

  /** Starts from zero again. */
  reset(): void {
    writeStorage(this.matrix.value.storage!, new Int32Array(this.matrix.numel));
  }
}
