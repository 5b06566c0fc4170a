/**
 * Logic, and tests for what is no number. NaN and infinity are told by their bits, because compilers may assume that
 * neither occurs.
 */
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { gt, where } from './arithmetic.ts';
import { to } from './copy.ts';
import { definePointwise } from './define-pointwise.ts';

type Logical = (a: Tensor, b: Tensor) => Tensor;

function defineLogical(name: string, operator: string): Logical {
  const op = definePointwise({
    name,
    inputs: ['a', 'b'],
    dtype: () => 'bool',
    expression: ([a, b]) => `(${a} ${operator} ${b})`,
  });
  return (a, b) => apply(op, [to(a, 'bool'), to(b, 'bool')], {});
}

/** Numbers count as true unless they are 0; so in the others below. */
export const logicalAnd: Logical = defineLogical('logical_and', '&');
export const logicalOr: Logical = defineLogical('logical_or', '|');
export const logicalXor: Logical = defineLogical('logical_xor', '!=');

type Test = (x: Tensor) => Tensor;

function defineTest(name: string, expression: (x: string) => string, dtype: 'bool' | 'float32'): Test {
  const op = definePointwise({ name, inputs: ['x'], dtype: () => 'bool', expression: ([x]) => expression(x!) });
  return (x) => apply(op, [to(x, dtype)], {});
}

export const logicalNot: Test = defineTest('logical_not', (x) => `!${x}`, 'bool');
export const isNan: Test = defineTest('is_nan', (x) => `is_nan(${x})`, 'float32');
export const isInf: Test = defineTest('is_inf', (x) => `is_inf(${x})`, 'float32');
export const isFinite: Test = defineTest('is_finite', (x) => `is_finite(${x})`, 'float32');

const LARGEST = 3.4028234663852886e38;

/** NaN replaced by a number, and infinities by the largest numbers unless others are given. */
export function nanToNum(x: Tensor, options: { nan?: number; posinf?: number; neginf?: number } = {}): Tensor {
  const { nan = 0, posinf = LARGEST, neginf = -LARGEST } = options;
  const infinite = where(gt(x, 0), posinf, neginf);
  return x.dtype === 'float32' ? where(isFinite(x), x, where(isNan(x), nan, infinite)) : x;
}
