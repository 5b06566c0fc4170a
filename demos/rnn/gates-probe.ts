/** What the gates and states of a recurrent layer do at every step of one sequence. Knows no page. */
import { nn, type Tensor } from '../../src/index.ts';
import { evaluating } from '../shared/task.ts';

/** One layer in one direction. */
export interface GateTrace {
  readonly name: string;
  readonly units: number;
  /** [steps, units] of each gate and state by its name, in the layer's order. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/**
 * @param x what the model reads; the sequence is its first row
 * @param steps of the sequence; what follows is padding
 * @returns a trace for each layer and direction; none where the model has no recurrent layer
 */
export async function readGates(model: nn.Module, x: Tensor, steps: number): Promise<GateTrace[]> {
  const reads = evaluating(model, () =>
    layersRun(model, x).flatMap(({ layer, input }) => {
      const sequence = input.slice(0, 0, 1).slice(1, 0, steps);
      const { bidirectional } = layer;
      return layer.trace(sequence).map((trace, at) => ({
        name: bidirectional
          ? `Layer ${Math.floor(at / 2) + 1}, ${at % 2 === 0 ? 'forwards' : 'backwards'}`
          : `Layer ${at + 1}`,
        units: layer.hiddenSize,
        parts: Object.entries(trace).map(([name, tensor]) => [name, tensor.data()] as const),
      }));
    }),
  );
  return Promise.all(
    reads.map(async ({ name, units, parts }) => {
      const values = await Promise.all(
        parts.map(async ([part, data]) => [part, Float32Array.from(await data)] as const),
      );
      return { name, units, values: new Map(values) };
    }),
  );
}

type Layer = nn.RNN | nn.GRU | nn.LSTM;

/** The recurrent layers, batch first, that a run of the model goes through, with what each read; the LSTMs if there are any. */
function layersRun(model: nn.Module, x: Tensor): { layer: Layer; input: Tensor }[] {
  const found: { layer: Layer; input: Tensor }[] = [];
  const removers = [...model.namedModules()].flatMap(([, layer]) =>
    layer instanceof nn.RNN || layer instanceof nn.GRU || layer instanceof nn.LSTM
      ? [layer.registerForwardHook((_, [input]) => void (input && found.push({ layer, input })))]
      : [],
  );
  try {
    model.forward(x);
  } finally {
    for (const remove of removers) remove();
  }
  const gated = found.filter(({ layer }) => layer instanceof nn.LSTM);
  return gated.length > 0 ? gated : found;
}
