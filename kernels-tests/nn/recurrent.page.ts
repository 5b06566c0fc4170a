/** Recurrent layers in the browser: what they cost, and what can be read of them step by step. */
import {
  compile,
  F,
  init,
  manualSeed,
  nn,
  noGrad,
  optim,
  randn,
  stack,
  synchronize,
  tensor,
  zeros,
  type Tensor,
} from '../../src/index.ts';
import { callsOf, watchGpu, type GpuCalls } from '../engine/watch-gpu.ts';

export async function start(): Promise<void> {
  watchGpu();
  await init();
  manualSeed(3);
}

/** A sequence classifier: the last h of an LSTM and a linear layer. */
class Classifier extends nn.Module {
  readonly lstm: nn.LSTM;
  readonly head: nn.Linear;

  constructor(inputs: number, hidden: number) {
    super();
    this.lstm = new nn.LSTM(inputs, hidden);
    this.head = new nn.Linear(hidden, 2);
  }

  override forward(x: Tensor): Tensor {
    const [, [h]] = this.lstm.forward(x);
    return this.head.forward(h.squeeze(0));
  }
}

/** WebGPU calls of a training step, once its plan is made. */
export async function costOfStep(steps: number, inputs: number, hidden: number): Promise<GpuCalls> {
  const model = new Classifier(inputs, hidden);
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const labels = tensor(Int32Array.from({ length: 32 }, (_, at) => at % 2));
  const x = tensor(
    Float32Array.from({ length: steps * 32 * inputs }, (_, at) => Math.sin(at)),
    { shape: [steps, 32, inputs] },
  );
  const step = async (): Promise<void> => {
    const loss = F.crossEntropy(model.forward(x), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    await synchronize();
  };
  await step();
  await step();
  return callsOf(step);
}

/** Losses of some steps on rows that differ in their first step alone, which the LSTM must remember. */
export async function remembered(): Promise<number[]> {
  const model = new Classifier(3, 16);
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const data = Float32Array.from({ length: 10 * 16 * 3 }, (_, at) => Math.sin(7 * at));
  const labels = Int32Array.from({ length: 16 }, (_, row) => Number(data[row * 3]! > 0));
  const x = tensor(data, { shape: [10, 16, 3] });
  const y = tensor(labels);
  const losses: number[] = [];
  for (let step = 0; step < 80; step++) {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(await loss.item());
  }
  return losses;
}

type Kind = 'RNN' | 'GRU' | 'LSTM';

/** The gradient that reaches each h: by the probes of a layer, and by those of a loop over its cell. */
export async function reached(kind: Kind): Promise<{ got: number[]; wanted: number[] }> {
  const [steps, batch, hidden] = [5, 3, 6];
  const layer = new nn[kind](2, hidden);
  const cell = new nn[`${kind}Cell`](2, hidden);
  cell.loadStateDict(
    Object.fromEntries(Object.entries(layer.stateDict()).map(([key, value]) => [key.replace('_l0', ''), value])),
  );
  const x = randn([steps, batch, 2]).retain();
  const weights = randn([steps, batch, hidden]).retain();

  const probes = layer.probes(batch, steps);
  layer.forward(x, null, { probes })[0].mul(weights).sum().backward();

  const nudges = Array.from({ length: steps }, () => zeros([batch, hidden], { requiresGrad: true }));
  const outputs: Tensor[] = [];
  let state: Tensor | nn.LSTMState | null = null;
  for (let t = 0; t < steps; t++) {
    const now = x.select(0, t);
    const next = (cell as nn.LSTMCell).forward(now, state as nn.LSTMState | null) as Tensor | nn.LSTMState;
    const h = (Array.isArray(next) ? next[0] : next).add(nudges[t]!);
    state = Array.isArray(next) ? [h, next[1]] : h;
    outputs.push(h);
  }
  stack(outputs, 0).mul(weights).sum().backward();
  const wanted = await Promise.all(nudges.map(({ grad }) => grad!.data()));
  return { got: Array.from(await probes[0]!.grad!.data()), wanted: wanted.flatMap((part) => Array.from(part)) };
}

/** Norm of the gradient of the last outputs' sum with respect to the h of each of 64 steps, and the first over the last. */
export async function gradientThroughTime(
  kind: Kind,
  { forget = 0, ...options }: { forget?: number; nonlinearity?: 'relu' } = {},
): Promise<number> {
  manualSeed(0);
  const [steps, batch, hidden] = [64, 8, 128];
  const layer = new nn[kind](8, hidden, options);
  if (kind === 'LSTM' && forget)
    noGrad(() => {
      const bias = Float32Array.from({ length: 4 * hidden }, (_, at) => (Math.floor(at / hidden) === 1 ? forget : 0));
      layer.loadStateDict({ ...layer.stateDict(), bias_ih_l0: { data: bias, shape: [4 * hidden] } });
    });
  const probes = layer.probes(batch, steps);
  layer
    .forward(randn([steps, batch, 8]), null, { probes })[0]
    .select(0, -1)
    .sum()
    .backward();
  const grad = await probes[0]!.grad!.data();
  const size = batch * hidden;
  const norm = (t: number): number => Math.hypot(...grad.subarray(t * size, (t + 1) * size));
  return norm(0) / norm(steps - 1);
}

/** Of two layers in both directions: the last one's h and its output, and by how much its gates miss the definition. */
export async function traced(
  batchFirst: boolean,
): Promise<{ difference: number; miss: number; traces: number; behind: number }> {
  const lstm = new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true, batchFirst, dropout: 0.5 });
  const x = randn(batchFirst ? [2, 6, 3] : [6, 2, 3]).retain();
  const lengths = [6, 4];
  const traces = lstm.trace(x, null, { lengths });
  lstm.eval();
  const [output] = noGrad(() => lstm.forward(x, null, { lengths }));
  const { i, f, g, o, c, h } = traces[2]!;
  const time = batchFirst ? 1 : 0;
  const steps = (part: Tensor, from: number, to?: number): Tensor => part.slice(time, from, to);
  const cells = steps(f, 1)
    .mul(steps(c, 0, -1))
    .add(steps(i, 1).mul(steps(g, 1)));
  const greatest = async (part: Tensor): Promise<number> => part.abs().max().item();
  const rows = batchFirst ? h.slice(0, 1).slice(1, 4) : h.slice(1, 1).slice(0, 4);
  return {
    difference: await greatest(h.sub(output.slice(2, 0, 4))),
    miss: Math.max(await greatest(cells.sub(steps(c, 1))), await greatest(o.mul(c.tanh()).sub(h))),
    traces: traces.length,
    behind: await greatest(rows),
  };
}

/** Outputs and states, with other numbers behind the rows' ends. */
export async function padded(kind: Kind): Promise<{ first: number[]; second: number[] }> {
  const layer = new nn[kind](2, 4, { bidirectional: true, numLayers: 2 });
  const results: number[][] = [];
  for (const filler of [0, 1e6]) {
    const data = Float32Array.from({ length: 5 * 3 * 2 }, (_, at) =>
      Math.floor(at / 6) < [2, 5, 3][Math.floor(at / 2) % 3]! ? Math.sin(at) : filler,
    );
    const [output, state] = noGrad(() =>
      layer.forward(tensor(data, { shape: [5, 3, 2] }), null, { lengths: [2, 5, 3] }),
    );
    const parts = [output, ...(Array.isArray(state) ? state : [state])];
    results.push((await Promise.all(parts.map((part) => part.data()))).flatMap((part) => Array.from(part)));
  }
  return { first: results[0]!, second: results[1]! };
}

/** Whether dropout between two layers changes the output: while training, and in evaluation. */
export async function dropped(): Promise<{ training: boolean; evaluation: boolean }> {
  const layer = new nn.GRU(2, 8, { numLayers: 2, dropout: 0.5 });
  const x = randn([3, 2, 2]).retain();
  const differs = async (): Promise<boolean> => {
    const [a] = layer.forward(x);
    const [b] = layer.forward(x);
    return (await a.sub(b).abs().max().item()) > 0;
  };
  const training = await differs();
  layer.eval();
  return { training, evaluation: await differs() };
}

/** Greatest difference between a sequence at once and in halves, with a training step and the state carried between. */
export async function carried(kind: Kind): Promise<number> {
  const layer = new nn[kind](3, 5, { numLayers: 2 });
  const optimizer = new optim.SGD(layer.parameters(), { lr: 0 });
  const x = randn([8, 2, 3]).retain();
  const [whole] = noGrad(() => layer.forward(x));
  const [first, state] = layer.forward(x.slice(0, 0, 4));
  optimizer.zeroGrad();
  first.mean().backward();
  optimizer.step();
  const before = Array.isArray(state) ? state.map((part) => part.detach()) : state.detach();
  const [second] = (layer as nn.LSTM).forward(x.slice(0, 4), before as nn.LSTMState);
  const differences = [first.sub(whole.slice(0, 0, 4)), second.sub(whole.slice(0, 4))];
  return Math.max(...(await Promise.all(differences.map((part) => part.abs().max().item()))));
}

/** Losses of a compiled step whose batches have other lengths each, and those of the step as it is written. */
export async function compiled(): Promise<{ replayed: number[]; plain: number[] }> {
  const runs: number[][] = [];
  for (const replay of [true, false]) {
    manualSeed(11);
    const layer = new nn.GRU(2, 4, { batchFirst: true, bidirectional: true });
    const optimizer = new optim.Adam(layer.parameters(), { lr: 0.05 });
    const written = (x: Tensor, lengths: Tensor): Tensor => {
      const loss = layer.forward(x, null, { lengths })[0].square().mean();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    };
    const step = replay ? compile(written) : written;
    const losses: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const data = Float32Array.from({ length: 2 * 5 * 2 }, (_, at) => Math.cos(at + turn));
      const lengths = tensor(Int32Array.of(1 + turn, 5 - turn));
      losses.push(await step(tensor(data, { shape: [2, 5, 2] }), lengths).item());
    }
    runs.push(losses);
  }
  return { replayed: runs[0]!, plain: runs[1]! };
}
