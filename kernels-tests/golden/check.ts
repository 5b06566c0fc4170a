/**
 * Runs one row of the golden table in the browser: forward, backward and again, against the float64 reference.
 *
 * Gradients are those of a random projection of the output, expected from central differences of the reference. Knows
 * no op.
 */
import { noGrad, tensor, type Tensor } from '../../src/index.ts';
import { Random } from '../../src/data/random.ts';
import { indexOf, Nd, sum } from './nd.ts';
import type { Case } from './row.ts';

type Data = ArrayLike<number>;

interface Backward {
  readonly out: Data;
  readonly grads: readonly (Data | null)[];
}

/** What a row comes to, by its reference. */
class Expected {
  readonly arrays: readonly Nd[];
  readonly output: Nd;
  /** The output's weights in the sum that is differentiated. */
  readonly projection: Nd;
  private readonly row: Case;
  private readonly random: Random;
  private known: readonly (Gradient | null)[] | null = null;

  constructor(row: Case) {
    this.row = row;
    this.random = new Random(hash(row.name));
    this.arrays = row.inputs.map((input) => input.draw(this.random));
    this.output = row.reference(...this.arrays);
    this.projection = Nd.of(this.output.shape, () => Math.fround(this.random.normal()));
  }

  /** Of each float32 input. */
  gradients(): readonly (Gradient | null)[] {
    this.known ??= this.row.inputs.map(({ dtype }, index) => {
      if (dtype !== 'float32') return null;
      const positions = sample(this.arrays[index]!.data.length, this.row.samples, this.random);
      return {
        positions,
        values: positions.map((at) => difference(this.row, this.arrays, this.projection, index, at)),
      };
    });
    return this.known;
  }
}

/** Some elements, and the gradient of each. */
interface Gradient {
  readonly positions: readonly number[];
  readonly values: readonly number[];
}

/** Central differences take longer than the kernels, so they are taken once for all engines, while kernels compile. */
const known = new WeakMap<Case, Expected>();

/** Sentences that say what is wrong with the row; none when all is well. */
export async function check(row: Case): Promise<string[]> {
  const expected = known.get(row) ?? new Expected(row);
  known.set(row, expected);
  const { arrays, output, projection } = expected;

  const forward = noGrad(() => row.run(...upload(row, arrays, false)));
  const failures = compareShape(forward, output);
  if (failures.length > 0) return failures;
  const reads = Promise.all([forward.data(), row.grad ? backward(row, arrays, projection) : null]);
  await new Promise((resolve) => setTimeout(resolve));
  const gradients = row.grad ? expected.gradients() : [];
  const [values, first] = await reads;
  failures.push(...compare('forward', values, output.data, output.shape, row.tolerance));
  if (failures.length > 0 || !first) return failures;

  failures.push(...compare('forward with gradients', first.out, output.data, output.shape, row.tolerance));
  row.inputs.forEach(({ shape }, index) => {
    const wanted = gradients[index];
    if (!wanted) return;
    const got = first.grads[index];
    if (!got) {
      failures.push(`input ${index}: no gradient arrived`);
      return;
    }
    const { positions } = wanted;
    const picked = positions.map((at) => got[at] ?? Number.NaN);
    const where = (at: number): string => `[${indexOf(shape, positions[at] ?? 0).join(', ')}]`;
    failures.push(...worst(`gradient of input ${index}`, picked, wanted.values, where, row.tolerance));
    const broken = Array.from(got).findIndex((value) => !Number.isFinite(value));
    if (broken >= 0)
      failures.push(`gradient of input ${index}: ${got[broken]} at [${indexOf(shape, broken).join(', ')}]`);
  });
  const second = await backward(row, arrays, projection);
  if (!sameBits(first.out, second.out)) failures.push('forward: a second run gave other bits');
  first.grads.forEach((grad, index) => {
    const again = second.grads[index];
    if (grad && again && !sameBits(grad, again))
      failures.push(`gradient of input ${index}: a second run gave other bits`);
  });
  return failures;
}

/** Builds the row's graph, forward and backward, without running it. */
export function trace(row: Case): void {
  const random = new Random(0);
  const inputs = upload(
    row,
    row.inputs.map((input) => input.draw(random)),
    true,
  );
  const out = row.run(...inputs);
  if (row.grad) out.sum().backward();
}

function upload({ inputs }: Case, arrays: readonly Nd[], requiresGrad: boolean): Tensor[] {
  return inputs.map(({ shape, dtype }, index) => {
    const data = arrays[index]?.data ?? [];
    if (dtype === 'float32') return tensor(Float32Array.from(data), { shape: [...shape], requiresGrad });
    return dtype === 'int32'
      ? tensor(Int32Array.from(data), { shape: [...shape] })
      : tensor(Uint8Array.from(data), { shape: [...shape], dtype: 'bool' });
  });
}

async function backward(row: Case, arrays: readonly Nd[], projection: Nd): Promise<Backward> {
  const inputs = upload(row, arrays, true);
  const out = row.run(...inputs);
  const weights = tensor(Float32Array.from(projection.data), { shape: [...projection.shape] });
  out.mul(weights).sum().backward();
  const reads = [out.data(), ...inputs.map(async ({ grad }) => (grad ? grad.data() : null))];
  const [value, ...grads] = await Promise.all(reads);
  return { out: value ?? [], grads };
}

/**
 * Central difference of the projected reference with respect to one element. Differences are taken before they are
 * summed: large outputs that do not depend on the element must not drown the others.
 */
function difference(row: Case, arrays: readonly Nd[], projection: Nd, input: number, at: number): number {
  const array = arrays[input];
  const value = array?.data[at];
  if (!array || value === undefined) return Number.NaN;
  const step = Math.min(1e-6 * Math.max(1, Math.abs(value)), Math.abs(value) * 1e-4 || 1e-6);
  const moved = (to: number): Float64Array => {
    array.data[at] = to;
    return row.reference(...arrays).data;
  };
  const above = moved(value + step);
  const below = moved(value - step);
  array.data[at] = value;
  return sum(
    Array.from(projection.data, (weight, index) => (weight * ((above[index] ?? 0) - (below[index] ?? 0))) / (2 * step)),
  );
}

function sample(length: number, count: number, random: Random): number[] {
  if (length <= count) return Array.from({ length }, (_, index) => index);
  const picked = Array.from({ length: count - 2 }, () => random.integer(length));
  return [0, length - 1, ...picked];
}

function compareShape(got: Tensor, expected: Nd): string[] {
  const shape = got.shape.join(', ');
  return shape === expected.shape.join(', ') ? [] : [`shape: got [${shape}], expected [${expected.shape.join(', ')}]`];
}

function compare(what: string, got: Data, expected: Data, shape: readonly number[], tolerance: number): string[] {
  if (got.length !== expected.length) return [`${what}: got ${got.length} elements, expected ${expected.length}`];
  return worst(what, got, expected, (at) => `[${indexOf(shape, at).join(', ')}]`, tolerance);
}

function worst(what: string, got: Data, expected: Data, where: (at: number) => string, tolerance: number): string[] {
  let largest = 0;
  let at = -1;
  let wrong = 0;
  for (let index = 0; index < expected.length; index++) {
    const error = distance(got[index] ?? Number.NaN, expected[index] ?? Number.NaN);
    if (error > tolerance) wrong++;
    if (error > largest) {
      largest = error;
      at = index;
    }
  }
  if (largest <= tolerance) return [];
  const count = `${wrong} of ${expected.length} elements off`;
  const error = `error ${largest.toExponential(2)} > ${tolerance.toExponential(2)}`;
  return [`${what}: ${count}; worst at ${where(at)}: got ${got[at]}, expected ${expected[at]}, ${error}`];
}

/** |got - expected| / (1 + |expected|); 0 for what is equal, NaN and infinities among them, and infinite otherwise. */
function distance(got: number, expected: number): number {
  if (Object.is(got, expected) || got === expected) return 0;
  const error = Math.abs(got - expected) / (1 + Math.abs(expected));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

function sameBits(a: Data, b: Data): boolean {
  for (let index = 0; index < a.length; index++) if (!Object.is(a[index], b[index])) return false;
  return a.length === b.length;
}

/** FNV-1a: a row draws the same numbers wherever it stands in the table. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return state >>> 0;
}
