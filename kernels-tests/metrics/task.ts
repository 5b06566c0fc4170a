/** A small task of three classes, and the accuracy counted on the host. */
import { data, manualSeed, nn, tensor, type Tensor } from '../../src/index.ts';

export function makeTask(): { model: nn.Sequential; x: Tensor; y: Tensor } {
  manualSeed(3);
  const random = new data.Random(3);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3));
  const x = tensor(
    Float32Array.from({ length: 200 }, () => random.normal()),
    { shape: [50, 4] },
  );
  return { model, x, y: tensor(Int32Array.from({ length: 50 }, () => random.integer(3))) };
}

export async function accuracyOf(logits: Tensor, labels: Tensor): Promise<number> {
  const [scores, wanted] = [await logits.data(), await labels.data()];
  const classes = logits.shape[1]!;
  const right = wanted.filter((label, row) => {
    const own = scores.slice(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / wanted.length;
}
