/**
 * `defineFormula`: a pointwise op of float32 given by the WGSL of its value and of its derivatives, as a table has them.
 *
 * A text speaks of the inputs by their names, of the result as `y`, and of numbers that are fixed with the node
 * (a slope, a threshold) by theirs. What a derivative does not mention is not kept for the backward pass.
 */
import type { OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import type { DType, Spec } from '../graph/value.ts';
import { to } from './copy.ts';
import { zeros } from './create.ts';
import { definePointwise } from './define-pointwise.ts';
import { sumTo } from './reduce.ts';
import { requireFloat } from './shapes.ts';

/** Numbers as WGSL has them: infinity has no JSON, and attributes are compared as JSON. */
type Attrs = Readonly<Record<string, string>>;
type Numbers = Readonly<Record<string, number>>;
type Formula = (inputs: readonly Tensor[], numbers?: Numbers) => Tensor;
export type Unary = (x: Tensor) => Tensor;

/** 0: the derivative is 0 wherever it exists. */
export type Derivative = string | 0;

/** A number as an expression of WGSL. */
export function wgslNumber(value: number): string {
  const single = Math.fround(value);
  if (Number.isFinite(single)) return `(${single}f)`;
  const sign = single < 0 ? ' | 0x80000000u' : '';
  return `bitcast<f32>(${Number.isNaN(single) ? 'quiet_nan' : `infinity${sign}`})`;
}

function fill(text: string, names: Readonly<Record<string, string>>): string {
  return `(${text.replace(/\b[a-z]\w*\b/gi, (word) => (Object.hasOwn(names, word) ? names[word]! : word))})`;
}

/**
 * @param inputs names of the inputs, which broadcast
 * @param value WGSL of the result for one element
 * @param derivatives WGSL of the derivative by each input, in terms of the inputs and of y; one that mentions dy is the
 *   gradient itself, where a product would make NaN of an infinite dy
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineFormula(
  name: string,
  inputs: readonly string[],
  value: string,
  derivatives: readonly Derivative[],
): Formula {
  const kept = [...inputs, 'y'].filter((input) =>
    derivatives.some((text) => text !== 0 && new RegExp(`\\b${input}\\b`).test(text)),
  );
  const saves = kept.map((input) => (input === 'y' ? 'out' : input));
  const backwards = derivatives.map((text, index) => (text === 0 ? null : backward(text, index)));
  const dtype = (specs: readonly Spec[]): DType => {
    requireFloat(name, specs);
    return 'float32';
  };
  const zip = (names: readonly string[], args: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((each, index) => [each, args[index]!]));

  function backward(text: string, index: number): OpDefinition<never, Attrs> {
    return definePointwise<never, Attrs>({
      name: `${name}_backward${inputs.length > 1 ? `_${inputs[index]}` : ''}`,
      inputs: ['dy', ...kept],
      dtype: () => 'float32',
      expression: ([dy, ...args], numbers) => {
        const names = { ...numbers, ...zip(kept, args), dy: dy! };
        return /\bdy\b/.test(text) ? fill(text, names) : `(${dy} * ${fill(text, names)})`;
      },
    });
  }

  const op = definePointwise<string, Attrs>({
    name,
    inputs,
    saves,
    dtype,
    expression: (args, numbers) => fill(value, { ...numbers, ...zip(inputs, args) }),
    backward: ({ grads: [dy], saved, attrs, inputs: specs, needs }) =>
      specs.map(({ shape }, index) => {
        if (!needs[index]) return null;
        const op = backwards[index];
        if (!op) return zeros(shape);
        return sumTo(apply(op, [dy!, ...saves.map((each) => saved[each]!)], attrs), shape);
      }),
  });
  return (tensors, numbers = {}) =>
    apply(
      op,
      tensors.map((tensor) => to(tensor, 'float32')),
      Object.fromEntries(Object.entries(numbers).map(([key, each]) => [key, wgslNumber(each)])),
    );
}

/** The same for one input, x. */
/* @__NO_SIDE_EFFECTS__ */
export function defineUnary(name: string, value: string, derivative: Derivative): Unary {
  const formula = defineFormula(name, ['x'], value, [derivative]);
  return (x) => formula([x]);
}
