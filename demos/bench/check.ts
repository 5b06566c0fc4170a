/** Whether a result is right: against float64, or it counts for nothing. Knows no engine and no clock. */
import { inputsOf, type AccuracyCase, type OpCase, type TrainingCase } from './cases/case.ts';
import type { Check } from './result.ts';
import { product } from './values.ts';

/** Elements of an op's result that are compared; the corners are among them. */
const COMPARED = 1024;

/** @throws when the output's size, a value or the error is not what it must be. */
export function checkOutput(work: OpCase, output: Float32Array): Check {
  const size = product(work.outShape);
  if (output.length !== size) throw new Error(`wrong result: ${output.length} elements instead of ${size}.`);
  const inputs = inputsOf(work);
  const columns = work.outShape.at(-1) ?? 1;
  const indices = [0, columns - 1, size - columns, size - 1];
  // Steps of a prime that no power of two divides visit rows and columns evenly.
  while (indices.length < Math.min(COMPARED, size)) indices.push((indices.length * 7919 + indices.length ** 2) % size);
  let scale = 0;
  const errors = indices.map((index) => {
    const expected = work.reference(inputs, index);
    scale = Math.max(scale, Math.abs(expected));
    return Math.abs((output[index] ?? NaN) - expected);
  });
  return hold({ error: worst(errors) / scale, tolerance: work.tolerance, losses: null });
}

/** @throws when one of the first losses is not the reference's. */
export function checkLosses(work: TrainingCase, losses: readonly number[]): Check {
  const expected = expectedLosses(work);
  const errors = expected.map((loss, step) => Math.abs((losses[step] ?? NaN) - loss) / loss);
  return hold({ error: worst(errors), tolerance: work.tolerance, losses: losses.slice(0, expected.length) });
}

/** @throws when the training ended below its target. */
export function checkShare({ target }: AccuracyCase, share: number): Check {
  if (share >= target) return { error: 1 - share, tolerance: 1 - target, losses: null };
  throw new Error(`wrong result: ${(100 * share).toFixed(1)} % right after all steps, wanted ${100 * target} %.`);
}

const known = new Map<string, number[]>();

/** Seconds of plain loops for the larger cases, so only once for all engines. */
export function expectedLosses(work: TrainingCase): readonly number[] {
  const losses = known.get(work.name) ?? work.losses();
  known.set(work.name, losses);
  return losses;
}

function hold(check: Check): Check {
  if (check.error <= check.tolerance) return check;
  const losses = check.losses ? `, losses ${check.losses.map((loss) => loss.toPrecision(6)).join(' ')}` : '';
  throw new Error(
    `wrong result: relative error ${check.error.toExponential(1)} against float64, allowed ${check.tolerance}${losses}.`,
  );
}

/** NaN if any is, which Math.max does not promise to readers. */
function worst(errors: readonly number[]): number {
  return errors.some(Number.isNaN) ? NaN : Math.max(...errors);
}
