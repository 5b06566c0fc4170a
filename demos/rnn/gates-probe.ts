/**
 * What the gates of an LSTM do at every step of one sequence. The model runs on it, and the layer's own weights say the
 * rest: one sequence is so little that it is computed on the host. Knows no page.
 */
import { nn, type Tensor } from '../../src/index.ts';
import { evaluating } from '../shared/task.ts';

export const GATES = ['i', 'f', 'g', 'o', 'c'] as const;
export type Gate = (typeof GATES)[number];

/** One layer in one direction. */
export interface GateTrace {
  readonly name: string;
  readonly units: number;
  /** [steps, units] of each gate and of the cell. */
  readonly values: Readonly<Record<Gate, Float32Array>>;
}

interface LayerWeights {
  readonly ih: ArrayLike<number>;
  readonly hh: ArrayLike<number>;
  readonly bias: Float64Array;
}

/**
 * @param x what the model reads; the sequence is its first row
 * @param steps of the sequence; what follows is padding
 * @returns a trace for each layer and direction; none where the model has no LSTM
 */
export async function readGates(model: nn.Module, x: Tensor, steps: number): Promise<GateTrace[]> {
  const found: { module: nn.LSTM; input: Tensor }[] = [];
  const removers = [...model.namedModules()].map(([, module]) =>
    module instanceof nn.LSTM
      ? module.registerForwardHook((_, [input]) => {
          if (input) found.push({ module, input });
        })
      : () => false,
  );
  const reads = evaluating(model, () => {
    try {
      model.forward(x);
    } finally {
      for (const remove of removers) remove();
    }
    return found.map(({ module, input }) => ({ module, data: input.slice(0, 0, 1).data() }));
  });
  const traces: GateTrace[] = [];
  for (const { module, data } of reads) {
    let sequence: ArrayLike<number> = await data;
    for (let layer = 0; layer < module.numLayers; layer++) {
      const directions = module.bidirectional ? ['', '_reverse'] : [''];
      const outputs: Float32Array[] = [];
      for (const direction of directions) {
        const weights = await weightsOf(module, `_l${layer}${direction}`);
        const { values, h } = walk(sequence, steps, module.hiddenSize, weights, direction !== '');
        outputs.push(h);
        const place = `Layer ${traces.length / directions.length + 1}`;
        traces.push({
          name: directions.length === 1 ? place : `Layer ${layer + 1}, ${direction ? 'backwards' : 'forwards'}`,
          units: module.hiddenSize,
          values,
        });
      }
      sequence = joined(outputs, steps, module.hiddenSize);
    }
  }
  return traces;
}

async function weightsOf(module: nn.LSTM, suffix: string): Promise<LayerWeights> {
  const named = new Map(module.namedParameters());
  const read = async (name: string): Promise<ArrayLike<number>> => (await named.get(name + suffix)?.data()) ?? [];
  const [ih, hh, one, other] = await Promise.all(['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map(read));
  const bias = Float64Array.from({ length: 4 * module.hiddenSize }, (_, at) => (one?.[at] ?? 0) + (other?.[at] ?? 0));
  return { ih: ih ?? [], hh: hh ?? [], bias };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** c' = f c + i g, h' = o tanh(c'), from the first step to the last or the other way. */
function walk(
  x: ArrayLike<number>,
  steps: number,
  units: number,
  { ih, hh, bias }: LayerWeights,
  backwards: boolean,
): { values: Record<Gate, Float32Array>; h: Float32Array } {
  const features = ih.length / (4 * units);
  const empty = (): Float32Array => new Float32Array(steps * units);
  const values = { i: empty(), f: empty(), g: empty(), o: empty(), c: empty() };
  const h = empty();
  for (let turn = 0; turn < steps; turn++) {
    const step = backwards ? steps - 1 - turn : turn;
    const before = backwards ? step + 1 : step - 1;
    const sums = bias.slice();
    for (let row = 0; row < 4 * units; row++) {
      let sum = 0;
      for (let at = 0; at < features; at++) sum += (ih[row * features + at] ?? 0) * (x[step * features + at] ?? 0);
      if (turn > 0)
        for (let at = 0; at < units; at++) sum += (hh[row * units + at] ?? 0) * (h[before * units + at] ?? 0);
      sums[row]! += sum;
    }
    for (let unit = 0; unit < units; unit++) {
      const at = step * units + unit;
      const [i, f] = [sigmoid(sums[unit]!), sigmoid(sums[units + unit]!)];
      const [g, o] = [Math.tanh(sums[2 * units + unit]!), sigmoid(sums[3 * units + unit]!)];
      const c = f * (turn > 0 ? (values.c[before * units + unit] ?? 0) : 0) + i * g;
      values.i[at] = i;
      values.f[at] = f;
      values.g[at] = g;
      values.o[at] = o;
      values.c[at] = c;
      h[at] = o * Math.tanh(c);
    }
  }
  return { values, h };
}

/** Both directions of a step one behind the other. */
function joined(outputs: readonly Float32Array[], steps: number, units: number): Float32Array {
  const width = outputs.length * units;
  const all = new Float32Array(steps * width);
  outputs.forEach((output, direction) => {
    for (let step = 0; step < steps; step++)
      all.set(output.subarray(step * units, (step + 1) * units), step * width + direction * units);
  });
  return all;
}
