/**
 * Arithmetic and comparisons, element by element, with broadcasting.
 *
 * A plain number meets a tensor as a scalar leaf: it travels with the submit, and another number plans nothing anew.
 */
import { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { leafValue, sameShape, show, type DType, type Spec } from '../graph/value.ts';
import { to } from './copy.ts';
import { defineFormula, defineUnary, type Unary } from './define-formula.ts';
import { definePointwise } from './define-pointwise.ts';
import { sumTo } from './reduce.ts';
import { sign } from './rounding.ts';
import { broadcastShapes, promote } from './shapes.ts';

export type Operand = Tensor | number;

/** A scalar that stands for a number in the program. */
export function literal(value: number, dtype: DType = 'float32'): Tensor {
  const data = dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value);
  return new Tensor(leafValue({ shape: [], dtype }, { host: { data, literal: true } }));
}

/** Both operands as tensors of one dtype. */
export function meet(a: Operand, b: Operand, atLeast: DType): [Tensor, Tensor] {
  const wanted = (x: Operand): DType => (typeof x !== 'number' ? x.dtype : (x | 0) === x ? 'bool' : 'float32');
  const dtype = promote([wanted(a), wanted(b), atLeast]);
  const tensor = (x: Operand): Tensor => (typeof x === 'number' ? literal(x, dtype) : to(x, dtype));
  return [tensor(a), tensor(b)];
}

/** y is a factor of 1 that leaves the shape of x as it is, seen through the views that a sum's gradient is made of. */
function isOne({ value }: Tensor, x: Tensor): boolean {
  let from = value;
  while (from.node?.op.view) from = from.node.inputs[0]!;
  const one = from.host?.literal === true && from.host.data[0] === 1;
  return one && sameShape(broadcastShapes('mul', [x.shape, value.shape]), x.shape);
}

function sameDType(name: string): (inputs: readonly Spec[]) => DType {
  return ([a, b]) => {
    if (a!.dtype !== b!.dtype)
      throw new Error(
        `${name}: dtypes differ, ${a!.dtype} ${show(a!.shape)} and ${b!.dtype} ${show(b!.shape)}. Convert one with to().`,
      );
    return a!.dtype;
  };
}

const addOp = definePointwise({
  name: 'add',
  inputs: ['a', 'b'],
  dtype: sameDType('add'),
  expression: ([a, b]) => `(${a} + ${b})`,
  backward: ({ grads: [dy], inputs, needs }) =>
    inputs.map(({ shape }, index) => (needs[index] ? sumTo(dy!, shape) : null)),
});

/** a + b */
export function add(a: Operand, b: Operand): Tensor {
  return apply(addOp, meet(a, b, 'int32'), {});
}

const subOp = definePointwise({
  name: 'sub',
  inputs: ['a', 'b'],
  dtype: sameDType('sub'),
  expression: ([a, b]) => `(${a} - ${b})`,
  backward: ({ grads: [dy], inputs: [a, b], needs }) => [
    needs[0] ? sumTo(dy!, a!.shape) : null,
    needs[1] ? sumTo(neg(dy!), b!.shape) : null,
  ],
});

/** a - b */
export function sub(a: Operand, b: Operand): Tensor {
  return apply(subOp, meet(a, b, 'int32'), {});
}

const mulOp = definePointwise({
  name: 'mul',
  inputs: ['a', 'b'],
  saves: ['a', 'b'],
  dtype: sameDType('mul'),
  expression: ([a, b]) => `(${a} * ${b})`,
  backward: ({ grads: [dy], saved: { a, b }, needs }) => [
    needs[0] ? sumTo(mul(dy!, b), a.shape) : null,
    needs[1] ? sumTo(mul(dy!, a), b.shape) : null,
  ],
});

/** a * b */
export function mul(a: Operand, b: Operand): Tensor {
  const [x, y] = meet(a, b, 'int32');
  // The gradient of a loss begins with a factor of 1.
  if (isOne(y, x)) return x;
  if (isOne(x, y)) return y;
  return apply(mulOp, [x, y], {});
}

const divOp = definePointwise({
  name: 'div',
  inputs: ['a', 'b'],
  saves: ['a', 'b'],
  dtype: () => 'float32',
  expression: ([a, b]) => `(${a} / ${b})`,
  backward: ({ grads: [dy], saved: { a, b }, needs }) => [
    needs[0] ? sumTo(div(dy!, b), a.shape) : null,
    needs[1] ? sumTo(neg(mul(dy!, div(div(a, b), b))), b.shape) : null,
  ],
});

/** a / b, as float32 */
export function div(a: Operand, b: Operand): Tensor {
  return apply(divOp, meet(a, b, 'float32'), {});
}

const powOp = defineFormula('pow', ['a', 'b'], 'pow_exact(a, b)', [
  'select(b * pow_exact(a, b - 1.0), 0.0, b == 0.0)',
  'select(y * log_exact(a), 0.0, (a == 0.0) & (b >= 0.0))',
]);

/** base ^ exponent, as float32; but squares are exact and keep their dtype. */
export function pow(base: Operand, exponent: Operand): Tensor {
  if (exponent === 2 && base instanceof Tensor) return square(base);
  return powOp(meet(base, exponent, 'float32'));
}

const negOp = definePointwise({
  name: 'neg',
  inputs: ['x'],
  dtype: ([x]) => x!.dtype,
  expression: ([x]) => `(-${x})`,
  backward: ({ grads: [dy] }) => [neg(dy!)],
});

/** -x */
export function neg(x: Tensor): Tensor {
  return apply(negOp, [x.dtype === 'bool' ? to(x, 'int32') : x], {});
}

const absOp = definePointwise({
  name: 'abs',
  inputs: ['x'],
  saves: ['x'],
  dtype: ([x]) => x!.dtype,
  expression: ([x]) => `abs(${x})`,
  backward: ({ grads: [dy], saved: { x } }) => [mul(dy!, sign(x))],
});

/** |x|, with gradient 0 at 0 */
export function abs(x: Tensor): Tensor {
  return apply(absOp, [x.dtype === 'bool' ? to(x, 'int32') : x], {});
}

/** e^x */
export const exp: Unary = defineUnary('exp', 'exp_exact(x)', 'y');

/** Natural logarithm: -inf at 0, NaN below */
export const log: Unary = defineUnary('log', 'log_exact(x)', '1.0 / x');

/** Square root: NaN below 0 */
export const sqrt: Unary = defineUnary('sqrt', 'sqrt_exact(x)', '0.5 / y');

/** x * x */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

type Comparison = (a: Operand, b: Operand) => Tensor;

function defineComparison(name: string, operator: string, not = ''): Comparison {
  const op = definePointwise({
    name,
    inputs: ['a', 'b'],
    dtype: () => 'bool',
    expression: ([a, b]) => `${not}(${a} ${operator} ${b})`,
  });
  return (a, b) => apply(op, meet(a, b, 'int32'), {});
}

export const eq: Comparison = defineComparison('eq', '==');
// The != of some backends is false for NaN.
export const ne: Comparison = defineComparison('ne', '==', '!');
export const lt: Comparison = defineComparison('lt', '<');
export const le: Comparison = defineComparison('le', '<=');
export const gt: Comparison = defineComparison('gt', '>');
export const ge: Comparison = defineComparison('ge', '>=');

const whereOp = definePointwise({
  name: 'where',
  inputs: ['condition', 'a', 'b'],
  saves: ['condition'],
  dtype([condition, a, b]) {
    if (condition!.dtype !== 'bool')
      throw new Error(
        `where: the condition must be bool, got ${condition!.dtype} ${show(condition!.shape)}. Use a comparison, such as x.gt(0).`,
      );
    return sameDType('where')([a!, b!]);
  },
  expression: ([condition, a, b]) => `select(${b}, ${a}, ${condition})`,
  backward: ({ grads: [dy], saved: { condition }, inputs: [, a, b], needs }) => [
    null,
    needs[1] ? sumTo(where(condition, dy!, 0), a!.shape) : null,
    needs[2] ? sumTo(where(condition, 0, dy!), b!.shape) : null,
  ],
});

/** a where the condition holds, b elsewhere */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const atLeast = typeof a === 'number' || typeof b === 'number' ? 'int32' : 'bool';
  return apply(whereOp, [condition, ...meet(a, b, atLeast)], {});
}

/** start + weight * (end - start) */
export function lerp(start: Operand, end: Operand, weight: Operand): Tensor {
  return add(start, mul(weight, sub(end, start)));
}

/** x + value * a * b */
export function addcmul(x: Operand, a: Operand, b: Operand, options: { value?: number } = {}): Tensor {
  return add(x, mul(mul(a, options.value ?? 1), b));
}

/** x + value * a / b */
export function addcdiv(x: Operand, a: Operand, b: Operand, options: { value?: number } = {}): Tensor {
  return add(x, mul(div(a, b), options.value ?? 1));
}
