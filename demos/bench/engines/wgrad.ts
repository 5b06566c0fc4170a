/** This engine in the benchmark, as a user would write it: PyTorch's names, the step compiled once. */
import { version } from '../../../package.json';
import { compile, F, init, nn, optim, synchronize, tensor, type Tensor } from '../../../src/index.ts';
import type { OpCase, TrainingCase } from '../cases.ts';
import type { Engine, PreparedOp, PreparedTraining } from '../engine.ts';
import { ADAM } from '../mlp-reference.ts';
import type { Layer, TrainingData } from '../training-data.ts';

const engine: Engine = { name: 'wgrad', version, start, prepareOp, prepareTraining };
export default engine;

async function start(): Promise<void> {
  await init();
}

async function prepareOp(work: OpCase, inputs: readonly Float32Array<ArrayBuffer>[]): Promise<PreparedOp> {
  const [a, b] = inputs.map((data, index) => tensor(data, { shape: work.shapes[index] ?? [] }));
  if (!a || !b) throw new Error(`${work.op}: takes two inputs.`);
  const { padding } = work;
  const op = compile((a: Tensor, b: Tensor) =>
    work.op === 'matmul' ? a.matmul(b) : F.conv2d(a, b, null, { padding }),
  );
  return {
    async run(iterations) {
      for (let i = 0; i < iterations; i++) op(a, b);
      await synchronize();
    },
    output: async () => (await op(a, b).data()) as Float32Array,
    dispose() {
      a.dispose();
      b.dispose();
    },
  };
}

async function prepareTraining(work: TrainingCase, data: TrainingData): Promise<PreparedTraining> {
  const members = Array.from({ length: work.members }, () => {
    const member = new nn.Sequential(
      ...data.layers.flatMap(({ inputs, outputs }, index) => [
        ...(index > 0 ? [new nn.ReLU()] : []),
        new nn.Linear(inputs, outputs),
      ]),
    );
    member.loadStateDict(stateDict(data.layers));
    return member;
  });
  const isRace = members.length > 1;
  const model = isRace ? nn.stack(members) : members[0]!;
  const { name, lr } = work.optimiser;
  const optimizer =
    name === 'sgd'
      ? new optim.SGD(model.parameters(), { lr })
      : new optim.Adam(model.parameters(), { lr, betas: [ADAM.beta1, ADAM.beta2], eps: ADAM.epsilon });
  const x = tensor(data.x, { shape: [work.batch, work.sizes[0] ?? 1] });
  const y = tensor(data.labels);
  const step = compile((x: Tensor, y: Tensor) => {
    const logits = model.forward(x);
    const loss = isRace ? F.stackedCrossEntropy(logits, y) : F.crossEntropy(logits, y);
    optimizer.zeroGrad();
    (isRace ? loss.sum() : loss).backward();
    optimizer.step();
    return loss;
  });
  return {
    async run(iterations) {
      for (let i = 1; i < iterations; i++) step(x, y);
      const losses = await step(x, y).data();
      // All members start alike: one that differs is wrong, and is what the check gets to see.
      return losses.find((loss) => loss !== losses[0]) ?? losses[0] ?? NaN;
    },
    dispose() {
      for (const each of [x, y, ...model.parameters()]) each.dispose();
    },
  };
}

/** Linear keeps [out, in], as PyTorch does. */
function stateDict(layers: readonly Layer[]): Record<string, { shape: number[]; data: Float32Array<ArrayBuffer> }> {
  const entries = layers.flatMap(({ weightOutIn, bias, inputs, outputs }, index) => [
    [`${2 * index}.weight`, { shape: [outputs, inputs], data: weightOutIn }] as const,
    [`${2 * index}.bias`, { shape: [outputs], data: bias }] as const,
  ]);
  return Object.fromEntries(entries);
}
