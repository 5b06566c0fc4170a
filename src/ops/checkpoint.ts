/**
 * Gradient checkpointing: what lies between some tensors and what is computed of them is not kept for the backward pass,
 * but computed again in it. Chen et al. 2016, arXiv:1604.06174.
 */
import { gradientsAgain, isGradEnabled, sourcesOf } from '../graph/autograd.ts';
import { defineOp, type OpDefinition } from '../graph/define-op.ts';
import { engine } from '../graph/engine.ts';
import { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { arithmetic } from './methods.ts';
import { noteDraws, withDraws } from './random.ts';
import { detach } from './views.ts';

interface Attrs {
  /** The gradients of all inputs but the first. */
  readonly again: (dy: Tensor) => readonly (Tensor | null)[];
}

/** Input 0 is the result; the others are what it was computed from. */
const checkpointOp: OpDefinition<never, Attrs> = defineOp<never, Attrs>({
  name: 'checkpoint',
  inputs: null,
  shape: ([y]) => [{ shape: y!.shape, dtype: y!.dtype }],
  view: (layout) => layout,
  backward: ({ grads: [dy], attrs }) => [null, ...attrs.again(dy!)],
});

/**
 * `fn(...inputs)`, as torch.utils.checkpoint: a block of a deep network takes the memory of its inputs and result alone
 * between forward and backward, and its forward pass is computed twice, with the same random numbers. What `fn` writes
 * in place, such as running statistics, is written once.
 *
 * @param fn computes one tensor of the inputs; modules that it calls get their gradients
 * @throws Error if `fn` returns something else
 */
export function checkpoint<Inputs extends readonly Tensor[]>(
  fn: (...inputs: Inputs) => Tensor,
  ...inputs: Inputs
): Tensor {
  const call = (given: readonly Tensor[]): Tensor => {
    const y: unknown = fn(...(given as unknown as Inputs));
    if (!(y instanceof Tensor))
      throw new Error(
        'checkpoint: fn must return one tensor, at once. Checkpoint what computes that, and the rest outside.',
      );
    return y;
  };
  if (!isGradEnabled()) return call(inputs);
  const starts = inputs.map(startingAt);
  const since = engine().nextNodeId;
  const { result: y, draws } = noteDraws(() => call(starts));
  if (!y.requiresGrad) return y;
  const own = new Set(starts.map(({ value }) => value));
  // Weights, and what was computed outside: their gradients go on from here.
  const used = sourcesOf(y.value, since).filter((value) => !own.has(value));
  const again = (dy: Tensor): (Tensor | null)[] => {
    const anew = inputs.map(startingAt);
    const gradients = gradientsAgain(() => withDraws(draws, () => call(anew)), dy, arithmetic);
    return [...anew.map(({ value }) => value), ...used].map((value) => gradients.get(value) ?? null);
  };
  return apply(checkpointOp, [y, ...inputs, ...used.map((value) => new Tensor(value))], { again });
}

/** The same numbers, with a gradient that goes no further. */
function startingAt(x: Tensor): Tensor {
  if (!x.requiresGrad) return x;
  const start = detach(x);
  start.value.requiresGrad = true;
  return start;
}
