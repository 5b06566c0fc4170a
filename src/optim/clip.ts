/**
 * Gradient clipping, as torch.nn.utils.
 *
 * A clipped norm is a factor of all gradients. An optimiser all of whose gradients have the same takes it into its
 * update; the scaled gradients themselves are computed only where something else reads them.
 */
import { noGrad, uncut, type Tensor } from '../graph/index.ts';
import { clamp, tensor } from '../ops/index.ts';
import { Parameter } from '../nn/index.ts';
import { requireAtLeast } from './param-groups.ts';
import { Slab } from './slab.ts';

function withGradients(parameters: Iterable<Parameter> | Parameter): Parameter[] {
  const list = parameters instanceof Parameter ? [parameters] : [...parameters];
  return list.filter(({ grad }) => grad !== null);
}

/**
 * Scales all gradients so that their norm, taken over all of them as one vector, is at most `maxNorm`. Call it between
 * backward() and step(). Pascanu et al. 2013, arXiv:1211.5063.
 *
 * @returns the norm before, a scalar
 */
export function clipGradNorm(parameters: Iterable<Parameter> | Parameter, maxNorm: number): Tensor {
  requireAtLeast('clipGradNorm', 'maxNorm', maxNorm);
  const list = withGradients(parameters);
  if (list.length === 0) return tensor(0);
  return uncut(() =>
    noGrad(() => {
      const norm = Slab.squares(list).sqrt();
      norm.value.keep = true;
      if (maxNorm === Infinity) return norm;
      // min(1, maxNorm / (norm + 1e-6)), without a comparison, which would be a dispatch of its own.
      const scale = tensor(maxNorm).div(
        norm
          .add(1e-6 - maxNorm)
          .relu()
          .add(maxNorm),
      );
      for (const parameter of list) {
        const grad = parameter.grad!;
        const scaled = grad.mul(scale);
        // Computed where it is read.
        scaled.value.exposed = false;
        Slab.scaled.set(scaled, { grad, scale });
        parameter.grad = scaled;
      }
      return norm;
    }),
  );
}

/** Limits every element of every gradient to [-value, value]. Call it between backward() and step(). */
export function clipGradValue(parameters: Iterable<Parameter> | Parameter, value: number): void {
  requireAtLeast('clipGradValue', 'value', value);
  noGrad(() => {
    for (const parameter of withGradients(parameters)) {
      const grad = parameter.grad!;
      parameter.grad = clamp(grad, -value, value);
      // Only the clipped one is to be read later, so that the clipping can be part of what computes it.
      parameter.grad.value.keep = true;
      grad.value.keep = false;
    }
  });
}
