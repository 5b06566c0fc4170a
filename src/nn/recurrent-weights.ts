/**
 * What recurrent layers and their single cells have in common: weights by PyTorch's names, and checks.
 */
import { checkRange, sameShape, show, type Shape, Tensor } from '../graph/index.ts';
import { tensor, type CellWeights } from '../ops/index.ts';
import { uniform } from './layers.ts';
import { Parameter } from './parameter.ts';

export function nonlinearityOf(name: string, nonlinearity: string = 'tanh'): 'tanh' | 'relu' {
  if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
    throw new Error(`${name}: unknown nonlinearity ${nonlinearity}. Use tanh or relu.`);
  return nonlinearity;
}

/** Both weights and biases, uniform within 1 / sqrt(hidden); `suffix` ends their names. */
export function drawWeights(
  gates: number,
  inputs: number,
  hidden: number,
  bias: boolean,
  suffix = '',
): Record<string, Parameter> {
  const drawn = (...shape: number[]): Parameter => new Parameter(uniform(shape, 1 / Math.sqrt(hidden)));
  const rows = gates * hidden;
  const weights: Record<string, Parameter> = {
    [`weight_ih${suffix}`]: drawn(rows, inputs),
    [`weight_hh${suffix}`]: drawn(rows, hidden),
  };
  if (bias) for (const side of ['ih', 'hh']) weights[`bias_${side}${suffix}`] = drawn(rows);
  return weights;
}

export function weightsOf(module: object, suffix = ''): CellWeights {
  const named = module as Record<string, Parameter>;
  return {
    ih: named[`weight_ih${suffix}`]!,
    hh: named[`weight_hh${suffix}`]!,
    biasIh: named[`bias_ih${suffix}`] ?? null,
    biasHh: named[`bias_hh${suffix}`] ?? null,
  };
}

/** A state or the like has the shape that its axes say. */
export function checkState(name: string, what: string, state: Tensor, axes: string, wanted: Shape): void {
  const isTensor = state instanceof Tensor;
  if (!isTensor || !sameShape(state.shape, wanted) || state.dtype !== 'float32')
    throw new Error(
      `${name}: ${what} must be float32 [${axes}] = ${show(wanted)}, got ${isTensor ? `${state.dtype} ${show(state.shape)}` : 'no tensor'}. Leave it out to start from zeros.`,
    );
}

/** int32 [batch], each from 1 to the number of steps, as far as the host knows. */
export function lengthsOf(
  name: string,
  given: Tensor | readonly number[] | undefined,
  steps: number,
  batch: number,
): Tensor | null {
  if (!given) return null;
  const lengths = Array.isArray(given) ? tensor(given as number[], { dtype: 'int32' }) : (given as Tensor);
  if (lengths.dtype !== 'int32' || lengths.ndim !== 1 || lengths.numel !== batch)
    throw new Error(
      `${name}: lengths must be int32 [${batch}], one for each row, got ${lengths.dtype} ${show(lengths.shape)}. Pass a list of whole numbers, or to('int32').`,
    );
  checkRange(
    lengths,
    1,
    steps,
    (least, greatest) =>
      `${name}: lengths go from ${least} to ${greatest}, and the sequences have ${steps} steps. Use 1 to ${steps}, and drop empty rows.`,
  );
  return lengths;
}
