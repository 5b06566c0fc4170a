/** What confusion.test.ts does in the browser: metrics inside of training and evaluation. */
import { accuracyOf, makeTask } from './task.ts';
import { compile, counters, F, init, memory, metrics, noGrad, optim, synchronize, tensor } from '../../src/index.ts';

export interface Evaluated {
  matrix: unknown;
  accuracy: number;
  expected: number;
}

/** Trains a little, and counts each training batch either in the traced or in the compiled step. */
export async function whileTraining(compiled: boolean): Promise<Evaluated> {
  await init();
  const { model, x, y } = makeTask();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const confusion = new metrics.Confusion(3);
  const step = (xs: typeof x, ys: typeof y) => {
    const logits = model.forward(xs);
    const loss = F.crossEntropy(logits, ys);
    optimizer.zeroGrad();
    loss.backward();
    confusion.update(logits, ys);
    optimizer.step();
    return logits;
  };
  const run = compiled ? compile(step) : step;
  let right = 0;
  for (let turn = 0; turn < 5; turn++) right += await accuracyOf(run(x, y), y);
  const matrix = confusion.matrix;
  const [micro, all] = [metrics.f1Score(matrix, { average: 'micro' }), await matrix.toArray()];
  return { matrix: all, accuracy: await micro.item(), expected: right / 5 };
}

/** Submits of a training step with and without counting. */
export async function submits(): Promise<number[]> {
  await init();
  const { model, x, y } = makeTask();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const confusion = new metrics.Confusion(3);
  const found: number[] = [];
  for (const counting of [false, true]) {
    for (let turn = 0; turn < 3; turn++) {
      const before = counters().submits;
      const logits = model.forward(x);
      optimizer.zeroGrad();
      F.crossEntropy(logits, y).backward();
      if (counting) confusion.update(logits, y);
      optimizer.step();
      await synchronize();
      found[Number(counting)] = counters().submits - before;
    }
  }
  return found;
}

/** Counts of one cell: after one batch, two, a reset, and one more; each read at its time. */
export async function live(): Promise<number[]> {
  await init();
  const confusion = new metrics.Confusion(2);
  const one = tensor(Int32Array.of(1));
  const found: number[] = [];
  const read = async (): Promise<void> => {
    found.push((await confusion.matrix.data())[3]!);
  };
  confusion.update(one, one);
  const early = confusion.matrix.sum();
  confusion.update(one, one);
  const late = confusion.matrix.sum();
  found.push(await early.item(), await late.item());
  await read();
  confusion.reset();
  await read();
  confusion.update(one, one);
  await read();
  return found;
}

/** GPU memory after some batches, of which each twentieth is followed by a read. */
export async function memoryAfter(batches: number[]): Promise<{ buffers: number; bytes: number }[]> {
  await init();
  const { model, x, y } = makeTask();
  const confusion = new metrics.Confusion(3);
  const found: { buffers: number; bytes: number }[] = [];
  for (let batch = 1; batch <= Math.max(...batches); batch++) {
    noGrad(() => confusion.update(model.forward(x), y));
    if (batch % 20 === 0) await confusion.matrix.data();
    if (batches.includes(batch)) found.push(memory());
  }
  return found;
}

/** Accuracy of scores that are all NaN: none of them is right. */
export async function ofNaN(): Promise<number> {
  await init();
  return metrics
    .accuracy(tensor(new Float32Array(12).fill(Number.NaN), { shape: [4, 3] }), tensor(Int32Array.of(0, 1, 2, 0)), {
      topK: 2,
    })
    .item();
}

/** Of predictions and labels of two classes, the scores of the host and those of the GPU. */
export async function ofTwoClasses(
  predictions: readonly number[],
  labels: readonly number[],
): Promise<Record<'host' | 'gpu', metrics.BinaryScores>> {
  await init();
  const [given, right] = [tensor(Int32Array.from(predictions)), tensor(Int32Array.from(labels))];
  const matrix = metrics.confusionMatrix(given, right, 2);
  const [accuracy, f1, mcc] = await Promise.all([
    metrics.accuracy(given, right).item(),
    metrics.f1Score(matrix, { average: 'binary' }).item(),
    metrics.matthewsCorrcoef(matrix).item(),
  ]);
  return { host: metrics.binaryScores(predictions, labels), gpu: { accuracy, f1, mcc } };
}
