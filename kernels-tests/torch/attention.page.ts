/** Attention and transformer layers in the browser, from the numbers that make_attention.py starts from. */
import { concat, F, init, nn, optim, tensor, type Tensor } from '../../src/index.ts';
import type { Plain, State } from './references.ts';
import { plain } from './run-module.ts';
import { waves as wave } from './waves.ts';

export interface LayerReference {
  name: string;
  keys: string[];
  y: Plain;
  /** Gradients of the inputs and of the parameters. */
  inputs: Plain[];
  gradients: State;
}

export interface References {
  layers: LayerReference[];
  losses: number[];
}

function waves(phase: number, scale: number, shape: readonly number[], requiresGrad = false): Tensor {
  const { data } = wave(phase, scale, ...shape);
  return tensor(data, { shape, requiresGrad });
}

function bools(rows: number, cols: number, value: (row: number, col: number) => boolean): Tensor {
  const data = Uint8Array.from({ length: rows * cols }, (_, at) => Number(value(Math.floor(at / cols), at % cols)));
  return tensor(data, { shape: [rows, cols], dtype: 'bool' });
}

const padding = (batch: number, keys: number): Tensor => bools(batch, keys, (n, j) => n > 0 && j >= keys - n);
const forbidden = (i: number, j: number): boolean => (3 * i + 5 * j) % 4 === 1 && j !== i;
const causal = (size: number): Tensor => bools(size, size, (i, j) => j > i);
const bias = (...shape: number[]): Tensor => waves(0.7, 2, shape);

interface Subject {
  readonly module?: nn.Module<unknown>;
  readonly shapes: number[][];
  /** Every input is the first. */
  readonly same?: boolean;
  readonly run: (...inputs: Tensor[]) => Tensor;
}

function sdpa(
  shapes: number[][],
  options: () => Parameters<typeof F.scaledDotProductAttention>[3] = () => ({}),
): Subject {
  return { shapes, run: (q, k, v) => F.scaledDotProductAttention(q, k, v, options()) };
}

function multihead(
  module: nn.MultiheadAttention,
  shapes: number[][],
  masks: nn.MultiheadAttentionMasks,
  same = false,
): Subject {
  const run = (q: Tensor, k: Tensor, v: Tensor): Tensor => {
    const [y, weights] = module.forward(q, k, v, masks);
    return concat([y.flatten(), weights!.flatten()]);
  };
  return { module, shapes, same, run: run };
}

const four = [
  [2, 3, 5, 4],
  [2, 3, 7, 4],
  [2, 3, 7, 4],
];
const row = [2, 5, 12];
const rows = [row, row, row];
const cross = [row, [2, 7, 12], [2, 7, 12]];
const layer = { dimFeedforward: 20, dropout: 0, batchFirst: true };
const batchFirst = true;

const encoder = (heads: number, options: nn.TransformerLayerOptions = {}): nn.TransformerEncoderLayer =>
  new nn.TransformerEncoderLayer(12, heads, { ...layer, ...options });
const decoder = (heads: number, options: nn.TransformerLayerOptions = {}): nn.TransformerDecoderLayer =>
  new nn.TransformerDecoderLayer(12, heads, { ...layer, ...options });

function encoding(module: nn.TransformerEncoder | nn.TransformerEncoderLayer, masks: nn.EncoderMasks): Subject {
  return { module, shapes: [row], run: (src) => module.forward(src, masks) };
}

function decoding(module: nn.TransformerDecoder | nn.TransformerDecoderLayer, masks: nn.DecoderMasks): Subject {
  return { module, shapes: cross.slice(0, 2), run: (tgt, memory) => module.forward(tgt, memory, masks) };
}

const subjects: Record<string, () => Subject> = {
  sdpa: () => sdpa(four),
  'sdpa with a mask': () => sdpa(four, () => ({ attnMask: bools(5, 7, (i, j) => !forbidden(i, j)) })),
  'sdpa with a bias': () => sdpa(four, () => ({ attnMask: bias(5, 7) })),
  'sdpa causal': () =>
    sdpa(
      [0, 1, 2].map(() => [2, 3, 9, 8]),
      () => ({ isCausal: true }),
    ),
  'self-attention': () => multihead(new nn.MultiheadAttention(12, 3, { batchFirst }), rows, {}, true),
  'self-attention, length first': () =>
    multihead(
      new nn.MultiheadAttention(12, 2),
      [0, 1, 2].map(() => [5, 2, 12]),
      { keyPaddingMask: padding(2, 5) },
      true,
    ),
  'self-attention without bias': () =>
    multihead(
      new nn.MultiheadAttention(12, 3, { bias: false, batchFirst }),
      rows,
      { attnMask: bools(5, 5, forbidden) },
      true,
    ),
  'attention to others': () =>
    multihead(new nn.MultiheadAttention(12, 3, { batchFirst }), cross, {
      keyPaddingMask: padding(2, 7),
      attnMask: bools(5, 7, forbidden),
    }),
  'attention to others with a bias, by head': () =>
    multihead(new nn.MultiheadAttention(12, 3, { batchFirst }), cross, {
      attnMask: bias(6, 5, 7),
      averageAttnWeights: false,
    }),
  'encoder layer': () => encoding(encoder(3), { srcKeyPaddingMask: padding(2, 5) }),
  'encoder layer, norm first, gelu': () =>
    encoding(encoder(3, { activation: 'gelu', normFirst: true }), { isCausal: true }),
  'decoder layer': () => decoding(decoder(3), { tgtMask: causal(5), memoryKeyPaddingMask: padding(2, 7) }),
  'decoder layer, norm first': () => decoding(decoder(2, { normFirst: true }), { tgtKeyPaddingMask: padding(2, 5) }),
  encoder: () => encoding(new nn.TransformerEncoder(() => encoder(3), 2, new nn.LayerNorm(12)), { srcMask: causal(5) }),
  decoder: () => decoding(new nn.TransformerDecoder(() => decoder(3), 2), { tgtIsCausal: true }),
};

/** Waves of the usual size in place of what is drawn; what scales stays near 1. */
function fill(module: nn.Module<unknown>): void {
  [...module.namedParameters()].forEach(([key, parameter], index) => {
    const { data, shape } = wave(index, 0.3, ...parameter.shape);
    const one = key.includes('norm') && key.endsWith('weight') ? 1 : 0;
    nn.stage([{ from: { shape, data: data.map((value) => value + one) }, to: parameter }]);
  });
}

export async function runLayer(name: string): Promise<LayerReference> {
  await init();
  const { module, shapes, same, run } = subjects[name]!();
  if (module) fill(module);
  const inputs = shapes.map((shape, index) => waves(index + 0.25, 1, shape, true));
  const y = run(...(same ? inputs.map(() => inputs[0]!) : inputs));
  y.mul(waves(0.5, 1, y.shape))
    .sum()
    .backward();
  const gradients: State = {};
  for (const [key, parameter] of module?.namedParameters() ?? []) gradients[key] = await plain(parameter.grad!);
  return {
    name,
    keys: Object.keys(module?.stateDict() ?? {}),
    y: await plain(y),
    inputs: await Promise.all(inputs.flatMap(({ grad }) => (grad ? [plain(grad)] : []))),
    gradients,
  };
}

class Classifier extends nn.Module {
  embedding = new nn.Embedding(23, 16, { paddingIdx: 0 });
  encoder = new nn.TransformerEncoder(
    () => new nn.TransformerEncoderLayer(16, 4, { dimFeedforward: 32, dropout: 0, batchFirst }),
    2,
  );
  head = new nn.Linear(16, 3);

  override forward(ids: Tensor): Tensor {
    const ignored = ids.eq(0);
    const x = this.encoder.forward(this.embedding.forward(ids).mul(4), { srcKeyPaddingMask: ignored });
    const kept = ignored.to('float32').neg().add(1).unsqueeze(-1);
    return this.head.forward(x.mul(kept).sum(1).div(kept.sum(1)));
  }
}

/** The losses of a small classifier under Adam. */
export async function train(steps: number): Promise<number[]> {
  await init();
  const model = new Classifier();
  fill(model);
  const table = wave(0, 0.3, 23, 16);
  nn.stage([{ from: { shape: table.shape, data: table.data.fill(0, 0, 16) }, to: model.embedding.weight }]);
  const optimizer = new optim.Adam(model.parameters(), { lr: 3e-3 });
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const ids = Int32Array.from({ length: 72 }, (_, at) => {
      const [i, j] = [Math.floor(at / 9), at % 9];
      return j < 9 - (i % 4) ? ((i * 7 + j * 5 + (step % 4) * 3) % 22) + 1 : 0;
    });
    const labels = tensor(Int32Array.from({ length: 8 }, (_, i) => (i * 2 + step) % 3));
    const loss = F.crossEntropy(model.forward(tensor(ids, { shape: [8, 9] })), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss);
  }
  return Promise.all(losses.map((loss) => loss.item()));
}
