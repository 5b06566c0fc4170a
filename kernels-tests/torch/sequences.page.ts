/** Training runs of sequence models in the browser, from the numbers that make_sequences.py starts from. */
import { F, init, models, nn, optim, tensor, type Tensor } from '../../src/index.ts';
import type { Trajectory } from './convnets.page.ts';
import { waves } from './waves.ts';

const [BATCH, LENGTH, VOCABULARY, WIDTH] = [6, 9, 23, 8];

const pair = (options: Partial<models.PairClassifierOptions>): nn.Module =>
  new models.PairClassifier({ vocabulary: VOCABULARY, embedding: WIDTH, hidden: WIDTH, ...options });

const build = {
  rnn: () => pair({ encoder: 'rnn' }),
  bilstm: () => pair({ bidirectional: true, layers: 2, pooling: 'max' }),
  'bilstm-last': () => pair({ bidirectional: true }),
  'bilstm-attention': () => pair({ bidirectional: true, attention: true }),
  transformer: () => pair({ encoder: 'transformer', heads: 2, layers: 2, maxLength: LENGTH }),
  language: () =>
    new models.LanguageModel({ vocabulary: VOCABULARY, embedding: WIDTH, hidden: WIDTH, layers: 2 }) as nn.Module,
} as const;

export type SequenceModel = keyof typeof build;

/** Ids from 1 on; with `padded`, 0 behind the length of each row. */
function idsOf(step: number, rows: number, padded: boolean): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: LENGTH }, (_, j) =>
      padded && j >= 1 + ((4 * i + step) % LENGTH) ? 0 : 1 + ((7 * i + 3 * j * j + 5 * step) % (VOCABULARY - 1)),
    ),
  );
}

const integers = (values: number[], ...shape: number[]): Tensor => tensor(Int32Array.from(values), { shape });

function pairs(step: number): [Tensor, Tensor] {
  const labels = Array.from({ length: BATCH }, (_, i) => ((i * (step + 1)) % 3) % 2);
  return [integers(idsOf(step, 2 * BATCH, true).flat(), BATCH, 2, LENGTH), integers(labels, BATCH)];
}

function windows(step: number): [Tensor, Tensor] {
  const ids = idsOf(step, BATCH, false);
  const next = ids.map((row) => [...row.slice(1), row[0]!]);
  return [integers(ids.flat(), BATCH, LENGTH), integers(next.flat(), BATCH * LENGTH)];
}

export async function train(name: SequenceModel, steps: number): Promise<Trajectory> {
  await init();
  const model = build[name]();
  const named = [...model.namedParameters()].sort(([a], [b]) => (a < b ? -1 : 1));
  named.forEach(([path, parameter], index) => {
    if (path.includes('norm')) return;
    const values = waves(index, 0.4, ...parameter.shape);
    if (path === 'embedding.weight' && name !== 'language') values.data.fill(0, 0, WIDTH);
    nn.stage([{ from: values, to: parameter }]);
  });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const [x, labels] = (name === 'language' ? windows : pairs)(step % 5);
    const logits = model.forward(x);
    const loss = F.crossEntropy(logits.reshape([labels.numel, logits.shape.at(-1)!]), labels);
    optimizer.zeroGrad();
    loss.backward();
    optim.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    losses.push(loss);
  }
  const sums: Trajectory['sums'] = {};
  for (const [key, value] of model.namedParameters()) {
    const data = Array.from(await value.data());
    sums[key] = [data.reduce((a, b) => a + b), data.reduce((a, b) => a + Math.abs(b), 0)];
  }
  return { losses: await Promise.all(losses.map((loss) => loss.item())), sums };
}
