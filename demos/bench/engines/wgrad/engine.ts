/** This engine in the benchmark, as a user would write it: PyTorch's names, the step compiled once. */
import { version } from '../../../../package.json';
import { compile, F, init, nn, noGrad, optim, ready, tensor, type Tensor } from '../../../../src/index.ts';
import type { TrainingCase, TrainingData } from '../../cases/case.ts';
import type { Engine, PreparedTraining } from '../../engine.ts';
import { ADAM } from '../../float64/train.ts';
import { networkOf } from './models.ts';
import { prepareOp } from './ops.ts';

const engine: Engine = { name: 'wgrad', version, start, prepareOp, prepareTraining };
export default engine;

async function start(): Promise<void> {
  // What it would measure while others are timed would be timed with them.
  await init({ tuning: { idle: false } });
}

async function prepareTraining(work: TrainingCase, data: TrainingData): Promise<PreparedTraining> {
  const members = Array.from({ length: work.members }, () => networkOf(work, data.parameters));
  const isRace = members.length > 1;
  const model = isRace ? nn.stack(members as nn.Sequential[]) : members[0]!;
  const parameters = [...model.parameters()].filter(({ requiresGrad }) => requiresGrad);
  const { optimiser } = work;
  const optimizer =
    optimiser.name === 'sgd'
      ? new optim.SGD(parameters, { lr: optimiser.lr, momentum: optimiser.momentum })
      : new optim.Adam(parameters, { lr: optimiser.lr, betas: [ADAM.beta1, ADAM.beta2], eps: ADAM.epsilon });
  let x = tensor(data.x, { shape: data.xShape });
  let y = tensor(data.labels);
  const step = compile((x: Tensor, y: Tensor) => {
    const logits = model.forward(x);
    const loss = isRace ? F.stackedCrossEntropy(logits, y) : F.crossEntropy(logits, y);
    optimizer.zeroGrad();
    (isRace ? loss.sum() : loss).backward();
    optimizer.step();
    return loss;
  });
  const logits = compile((x: Tensor) => noGrad(() => model.forward(x)));
  return {
    feed(batch) {
      for (const each of [x, y]) each.dispose();
      x = tensor(batch.x, { shape: data.xShape });
      y = tensor(batch.labels);
    },
    predict: async (values, shape) => (await logits(tensor(values, { shape })).data()) as Float32Array,
    async run(iterations) {
      for (let i = 1; i < iterations; i++) step(x, y);
      const losses = await step(x, y).data();
      // All members start alike: one that differs is wrong, and is what the check gets to see.
      return losses.find((loss) => loss !== losses[0]) ?? losses[0] ?? NaN;
    },
    ready: () => ready({ fast: true }),
    dispose() {
      for (const each of [x, y, ...model.parameters()]) each.dispose();
    },
  };
}
