/**
 * What a training step does to each layer: how large the gradient of its weights is, and by what share they move.
 * Traced around the step itself, so that the figures are of the very gradients that train. Knows no page.
 */
import { noGrad, stack, type Tensor, type nn } from '../../src/index.ts';

/** One number a layer, from the input on, in the order of `weightsOf`; unread. */
export interface LayerReading {
  /** The 2-norm of the gradient of the loss with respect to the layer's weights. */
  readonly gradients: Tensor;
  /** The 2-norm of the weights' change in the step over that of the weights before it. */
  readonly updates: Tensor;
}

/** A reading on the host. */
export interface LayerNumbers {
  readonly gradients: readonly number[];
  readonly updates: readonly number[];
}

/** The weights of all layers that learn; biases, and others of one axis, say little by themselves. */
export function weightsOf(model: nn.Module): [path: string, weight: nn.Parameter][] {
  return [...model.namedParameters()].filter(([, { shape, requiresGrad }]) => requiresGrad && shape.length > 1);
}

/** Traces `step` and the reading around it; null for a model without such weights. */
export function watchStep<T>(model: nn.Module, step: () => T): [T, LayerReading | null] {
  const weights = weightsOf(model).map(([, weight]) => weight);
  if (weights.length === 0) return [step(), null];
  const before = noGrad(() => weights.map((weight) => weight.clone()));
  const result = step();
  const reading = noGrad(() => ({
    gradients: stack(weights.map(({ grad }) => grad!.norm())),
    updates: stack(weights.map((weight, at) => weight.sub(before[at]!).norm().div(before[at]!.norm()))),
  }));
  return [result, reading];
}

/** A watched step costs up to twice a plain one: at most one in so many, and no more often than a chart can use. */
const EVERY_STEPS = 10;
const EVERY_MS = 250;

/** When to watch a step, and the reading behind it, for which no step waits. */
export class LayerWatch {
  #next = { step: 0, at: 0 };
  #runs = 0;

  /** What has not been read yet is of a run that was left. */
  restart(): void {
    this.#next = { step: 0, at: 0 };
    this.#runs++;
  }

  isDue(step: number): boolean {
    return step >= this.#next.step && performance.now() >= this.#next.at;
  }

  read(step: number, { gradients, updates }: LayerReading, onRead: (numbers: LayerNumbers) => void): void {
    const mine = this.#runs;
    this.#next = { step: step + EVERY_STEPS, at: performance.now() + EVERY_MS };
    void Promise.all([gradients.data(), updates.data()]).then(
      ([norms, shares]) => {
        if (mine === this.#runs) onRead({ gradients: [...norms], updates: [...shares] });
      },
      // A device that was lost: told by what is done next.
      () => undefined,
    );
  }
}
