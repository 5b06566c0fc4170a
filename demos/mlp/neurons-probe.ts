/** What each unit of a network in the plane answers over that plane, layer by layer. Knows no canvas. */
import { nn, tensor, type Tensor } from '../../src/index.ts';
import { evaluating } from '../shared/task.ts';
import { gridPlaces } from './plane-probe.ts';
import type { MlpTask } from './recipe.ts';

/** Pictures have so many cells a side. */
export const SIDE = 28;
const CELLS = SIDE * SIDE;
/** Shown of each layer. */
export const MOST_UNITS = 32;

export interface Neuron {
  /** [SIDE * SIDE], rows from top to bottom, as above and below `NeuronLayer.middle`. */
  readonly values: Float32Array;
  readonly low: number;
  readonly high: number;
}

export interface NeuronLayer {
  readonly units: number;
  /** The first of them. */
  readonly neurons: readonly Neuron[];
  /** What is neither hue: half of what a sigmoid can answer, 0 of all others. */
  readonly middle: number;
  /** How far from the middle a hue is at its strongest, the same for the whole layer. */
  readonly reach: number;
}

let grid: Tensor | null = null;

/** The device that it lies on is gone. */
export function forgetNeuronGrid(): void {
  grid = null;
}

/** The hidden layers from the input on, then the output with each class against the mean of all. */
export async function readNeurons({ model, config }: MlpTask): Promise<readonly NeuronLayer[]> {
  const places = (grid ??= tensor(gridPlaces(SIDE), { shape: [CELLS, 2] }));
  const outputs: Tensor[] = [];
  const layers = model.children().map(([, layer]) => layer);
  const activations = layers.filter((_, at) => at > 0 && layers[at - 1] instanceof nn.Linear);
  const removers = activations.map((layer) =>
    (layer as nn.Module).registerForwardHook((_, __, output) => void outputs.push(output)),
  );
  const reads = evaluating(model, () => {
    try {
      const logits = model.forward(places);
      outputs.push(logits.sub(logits.mean(1, { keepdim: true })));
      return outputs.map(async (output) => {
        const units = output.shape[1] ?? 0;
        const shown = Math.min(units, MOST_UNITS);
        return { units, shown, values: await output.slice(1, 0, shown).data() };
      });
    } finally {
      for (const remove of removers) remove();
    }
  });
  const read = await Promise.all(reads);
  return read.map(({ units, shown, values }, at) => {
    const middle = config.activation === 'sigmoid' && at < read.length - 1 ? 0.5 : 0;
    const neurons = Array.from({ length: shown }, (_, unit) => neuronOf(values, unit, shown, middle));
    const far = Math.max(...neurons.flatMap(({ low, high }) => [Math.abs(low - middle), Math.abs(high - middle)]));
    const bounded = at < read.length - 1 && { sigmoid: 0.5, tanh: 1 }[config.activation as string];
    return { units, neurons, middle, reach: bounded || Math.max(far, 1e-9) };
  });
}

function neuronOf(all: ArrayLike<number>, unit: number, width: number, middle: number): Neuron {
  const values = Float32Array.from({ length: CELLS }, (_, cell) => (all[cell * width + unit] ?? 0) - middle);
  return { values, low: Math.min(...values) + middle, high: Math.max(...values) + middle };
}
