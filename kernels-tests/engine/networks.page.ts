/** What training steps of whole networks cost: calls counted at WebGPU itself, memory, and time. */
import { compile, F, memory, models, optim, synchronize, tensor, type nn, type Tensor } from '../../src/index.ts';
import { costOf, start, type Cost } from './cost.page.ts';

interface Training {
  readonly model: nn.Module;
  readonly optimizer: optim.Optimizer;
  readonly inputs: Tensor;
  readonly labels: Tensor;
  /** The greatest norm of all gradients. */
  readonly clip?: number;
}

function pictures(model: nn.Module, batch: number, size: number): Training {
  const values = new Float32Array(batch * 3 * size * size).map((_, i) => Math.sin(i));
  return {
    model,
    optimizer: new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9, weightDecay: 1e-4 }),
    inputs: tensor(values, { shape: [batch, 3, size, size] }),
    labels: tensor(new Int32Array(batch).map((_, i) => i % 10)),
  };
}

/** The shape of BERT-Mini: Turc et al. 2019, arXiv:1908.08962. */
function texts(batch: number, length: number, gradientCheckpointing = false): Training {
  const sizes = { vocabSize: 30_522, hiddenSize: 256, numHiddenLayers: 4, numAttentionHeads: 4 };
  const model = new models.BertForSequenceClassification({ ...sizes, gradientCheckpointing });
  return {
    model,
    optimizer: new optim.AdamW(model.parameters(), { lr: 5e-5, weightDecay: 0.01 }),
    inputs: tensor(
      new Int32Array(batch * length).map((_, i) => 1000 + ((i * 7919) % 29_000)),
      { shape: [batch, length] },
    ),
    labels: tensor(new Int32Array(batch).map((_, i) => i % 2)),
    clip: 1,
  };
}

const NETWORKS = {
  LeNet: () => pictures(new models.LeNet(), 32, 32),
  'six convolutions': () => pictures(new models.SixConv({ width: 4, size: 8 }), 4, 8),
  'ResNet-20': () => pictures(models.resnet20(), 64, 32),
  'BERT-Mini': () => texts(8, 128),
  'BERT-Mini, checkpointed': () => texts(8, 128, true),
};

export interface NetworkCost {
  /** Of all steps, and of one more. */
  readonly all: Cost;
  readonly last: Cost;
  /** GPU buffers that the engine held before them and after them. */
  readonly held: readonly [before: ReturnType<typeof memory>, after: ReturnType<typeof memory>];
  /** Median of a step, until its loss was read. */
  readonly milliseconds: number;
}

/** So many steps of training, behind five others. */
export async function networkCost(name: keyof typeof NETWORKS, steps: number): Promise<NetworkCost> {
  await start();
  const { model, optimizer, inputs, labels, clip }: Training = NETWORKS[name]();
  model.train();
  const step = compile((x: Tensor, y: Tensor): Tensor => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    if (clip) optim.clipGradNorm(model.parameters(), clip);
    optimizer.step();
    return loss;
  });
  const timed = async (): Promise<number> => {
    const from = performance.now();
    await step(inputs, labels).item();
    return performance.now() - from;
  };
  for (let warm = 0; warm < 5; warm++) await timed();
  const before = memory();
  const times: number[] = [];
  const all = await costOf(async () => {
    for (let turn = 0; turn < steps; turn++) times.push(await timed());
  });
  const after = memory();
  const last = await costOf(() => step(inputs, labels));
  await synchronize();
  const milliseconds = times.toSorted((a, b) => a - b)[times.length >> 1]!;
  return { all, last, held: [before, after], milliseconds };
}
