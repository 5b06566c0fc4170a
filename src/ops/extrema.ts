/**
 * The greater and the lesser of two, and what lies between.
 */
import { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import type { DType } from '../graph/value.ts';
import { literal, meet, type Operand } from './arithmetic.ts';
import { to } from './copy.ts';
import { definePointwise } from './define-pointwise.ts';
import { sumTo } from './reduce.ts';
import { promote } from './shapes.ts';

type Binary = (a: Operand, b: Operand) => Tensor;

/** Equal elements share the gradient, as in PyTorch. `beaten` is the comparison in which an input gets none. */
function defineExtremum(name: string, int: string, beaten: '<' | '>'): Binary {
  const backwardOp = definePointwise({
    name: `${name}_backward`,
    inputs: ['dy', 'own', 'other'],
    dtype: () => 'float32',
    expression: ([dy, own, other]) =>
      `(${dy} * select(select(1.0, 0.0, ${own} ${beaten} ${other}), 0.5, ${own} == ${other}))`,
  });
  const op = definePointwise({
    name,
    inputs: ['a', 'b'],
    saves: ['a', 'b'],
    dtype: ([a]) => a!.dtype,
    expression: ([a, b], _, [spec]) => `${spec!.dtype === 'float32' ? name : int}(${a}, ${b})`,
    backward: ({ grads: [dy], saved: { a, b }, needs }) => [
      needs[0] ? sumTo(apply(backwardOp, [dy!, a, b], {}), a.shape) : null,
      needs[1] ? sumTo(apply(backwardOp, [dy!, b, a], {}), b.shape) : null,
    ],
  });
  return (a, b) => apply(op, meet(a, b, 'int32'), {});
}

/** The greater of each two elements; NaN if either is NaN. */
export const maximum: Binary = defineExtremum('maximum', 'max', '<');

/** The lesser of each two elements; NaN if either is NaN. */
export const minimum: Binary = defineExtremum('minimum', 'min', '>');

type Part = 'x' | 'low' | 'high';

const clampBackwardOp = definePointwise<never, { to: Part }>({
  name: 'clamp_backward',
  inputs: ['dy', 'x', 'low', 'high'],
  dtype: () => 'float32',
  expression([dy, x, low, high], { to }) {
    const holds = {
      x: `(${x} >= ${low}) & (${x} <= ${high})`,
      low: `(${low} < ${high}) & (${x} < ${low})`,
      high: `(${x} > ${high}) | (${high} < ${low})`,
    };
    return `select(0.0, ${dy}, ${holds[to]})`;
  },
});

const clampOp = definePointwise({
  name: 'clamp',
  inputs: ['x', 'low', 'high'],
  saves: ['x', 'low', 'high'],
  dtype: ([x]) => x!.dtype,
  expression([x, low, high]) {
    const raised = `select(${x}, ${low}, ${x} < ${low})`;
    return `select(${raised}, ${high}, ${raised} > ${high})`;
  },
  backward: ({ grads: [dy], saved: { x, low, high }, inputs, needs }) =>
    (['x', 'low', 'high'] as const).map((part, index) =>
      needs[index] ? sumTo(apply(clampBackwardOp, [dy!, x, low, high], { to: part }), inputs[index]!.shape) : null,
    ),
});

/**
 * x, but at least min and at most max; max where min is greater. Either may be left out. The gradient goes to x where
 * min <= x <= max, and to the bound elsewhere.
 */
export function clamp(x: Tensor, min?: Operand | null, max?: Operand | null): Tensor {
  if ((min ?? max ?? null) === null) throw new Error('clamp: got neither min nor max. Give at least one.');
  const bounds = [min ?? null, max ?? null];
  const wanted = (bound: Operand | null): DType =>
    bound instanceof Tensor ? bound.dtype : Number.isInteger(bound ?? 0) ? 'int32' : 'float32';
  const dtype = promote([x.dtype, ...bounds.map(wanted)]);
  const open = dtype === 'int32' ? [-(2 ** 31), 2 ** 31 - 1] : [-Infinity, Infinity];
  const [low, high] = bounds.map((bound, index) =>
    bound instanceof Tensor ? to(bound, dtype) : literal(bound ?? open[index]!, dtype),
  ) as [Tensor, Tensor];
  return apply(clampOp, [to(x, dtype), low, high], {});
}
