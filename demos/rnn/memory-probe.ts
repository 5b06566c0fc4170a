/**
 * What a look at the two readers tells: how much of the loss's gradient reaches each time step of each layer, and how
 * far back the answers are right. Knows no canvas.
 */
import { F, type nn, type Tensor } from '../../src/index.ts';
import { evaluating } from '../shared/task.ts';
import { TWINS, type MemoryTask, type Reader, type Twin } from './memory-task.ts';

export interface TwinLook {
  /**
   * [layers, length], the first layer first: the norm of the gradient of a sequence's loss with respect to the
   * layer's state h at a step, by all ways through time; its root mean square over the sequences.
   */
  readonly gradients: Float32Array;
  readonly layers: number;
  readonly length: number;
  readonly loss: number;
  readonly accuracy: number;
  /** The share of right answers by the place of the mark, from the first steps to the last. */
  readonly reach: readonly number[];
}

export type MemoryLook = { readonly [K in Twin]: TwinLook };

/** Sequences whose gradients are looked at. */
const SEQUENCES = 64;
const BINS = 8;

export async function readMemory({ model, seen, places }: MemoryTask): Promise<MemoryLook> {
  const looks = await Promise.all(TWINS.map(async (twin, at) => readTwin(model[twin], at)));
  return Object.fromEntries(TWINS.map((twin, at) => [twin, looks[at]!])) as MemoryLook;

  async function readTwin(reader: Reader, at: number): Promise<TwinLook> {
    const { x, y, size } = seen;
    const labels = y.slice(1, at, at + 1).squeeze(1);
    const gradients = gradientNorms(reader, x.slice(0, 0, SEQUENCES), labels.slice(0, 0, SEQUENCES));
    const [loss, hits] = evaluating(reader, () => {
      const logits = reader.forward(x);
      return [F.crossEntropy(logits, labels).item(), logits.argmax(1).eq(labels).to('float32').data()] as const;
    });
    const norms = await Promise.all(gradients.map((each) => each.data()));
    const right = await hits;
    const length = x.shape[1]!;
    const bins = Array.from({ length: BINS }, () => ({ right: 0, all: 0 }));
    places.forEach((place, row) => {
      const bin = bins[Math.floor((place * BINS) / length)]!;
      bin.right += right[row] ?? 0;
      bin.all++;
    });
    return {
      gradients: Float32Array.from(norms.flatMap((row) => [...row])),
      layers: norms.length,
      length,
      loss: await loss,
      accuracy: Array.from(right).reduce((sum, hit) => sum + hit, 0) / size,
      reach: bins.map(({ right, all }) => right / Math.max(1, all)),
    };
  }
}

/** For each layer [length], the first layer first. */
function gradientNorms(reader: Reader, x: Tensor, labels: Tensor): Tensor[] {
  const [sequences, length] = x.shape as [number, number];
  const probes = reader.cell.probes(sequences, length);
  const trained = reader.parameters().filter(({ requiresGrad }) => requiresGrad);
  freeze(trained, false);
  try {
    F.crossEntropy(reader.read(x, probes), labels).backward();
  } finally {
    freeze(trained, true);
  }
  // The loss is a mean: each sequence's own gradient is so many times larger.
  return probes.map(({ grad }) => grad!.square().sum([0, 2]).mul(sequences).sqrt());
}

function freeze(parameters: readonly nn.Parameter[], requiresGrad: boolean): void {
  for (const parameter of parameters) parameter.requiresGrad = requiresGrad;
}

/** First step over last, of the layer next to the input. */
export function ratioOf({ gradients, length }: TwinLook): number {
  return (gradients[0] ?? 0) / (gradients[length - 1] ?? 1);
}
