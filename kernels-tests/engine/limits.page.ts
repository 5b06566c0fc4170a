/** Training at WebGPU's default limits, and graphs that would bind more buffers than they allow. */
import { concat, F, init, manualSeed, nn, optim, tensor, type Tensor } from '../../src/index.ts';
import { counted, labels, noise, row, values, type Outcome } from './cases.ts';

export async function start(defaultLimits: boolean): Promise<void> {
  await init({ defaultLimits });
}

export async function losses(kind: 'SGD' | 'Adam'): Promise<number[]> {
  manualSeed(5);
  const model = new nn.Sequential(
    new nn.Linear(20, 40),
    new nn.ReLU(),
    new nn.Dropout(0.1),
    new nn.Linear(40, 30),
    new nn.Tanh(),
    new nn.Linear(30, 5),
  );
  const options = kind === 'SGD' ? { lr: 0.1, momentum: 0.9, weightDecay: 0.01 } : { lr: 0.01, weightDecay: 0.01 };
  const optimizer = new optim[kind](model.parameters(), options);
  const kept: Tensor[] = [];
  for (let turn = 0; turn < 25; turn++) {
    const loss = F.crossEntropy(model.forward(noise(turn, 12, 20)), labels(turn, 12, 5));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    kept.push(loss);
  }
  return Promise.all(kept.map((loss) => loss.item()));
}

/** Many inputs, many results, and both, in what would be one chain. */
export async function wideGraphs(count: number): Promise<Outcome> {
  const inputs = Array.from({ length: count }, (_, i) => row(i, 2 * i).retain());
  const sum = inputs.reduce((total, input) => total.add(input));
  const results = inputs.map((input, i) => input.mul(i + 1).add(sum));
  const behindProduct = inputs.reduce(
    (total, input) => total.add(input),
    counted(2, 2).matmul(
      tensor([
        [1, 0],
        [0, 1],
      ]),
    ),
  );
  const beforeSum = inputs.reduce((total, input) => total.mul(2).add(input)).sum();
  const joined = concat(inputs).sum();
  const total = (count * (count - 1)) / 2;
  let folded = 0;
  for (let i = 1; i < count; i++) folded = folded * 2 + 3 * i;
  return {
    got: [
      await values(sum),
      await Promise.all(results.map(values)),
      await values(behindProduct),
      await beforeSum.item(),
      await joined.item(),
    ],
    wanted: [
      [total, 2 * total],
      inputs.map((_, i) => [i * (i + 1) + total, 2 * i * (i + 1) + 2 * total]),
      [1 + total, 2 + 2 * total, 3 + total, 4 + 2 * total],
      folded,
      3 * total,
    ],
  };
}
