/**
 * The ops that every Tensor has as methods, and `backward`. They weigh on each app, so they are the common ones;
 * structure-methods.ts adds the rest.
 */
import { runBackward, type Arithmetic, type BackwardOptions } from '../graph/autograd.ts';
import { Tensor } from '../graph/tensor.ts';
import type { DType, Shape } from '../graph/value.ts';
import { relu, sigmoid, tanh } from './activation.ts';
import {
  abs,
  add,
  div,
  eq,
  exp,
  ge,
  gt,
  le,
  literal,
  log,
  lt,
  mul,
  ne,
  neg,
  pow,
  sqrt,
  square,
  sub,
  type Operand,
} from './arithmetic.ts';
import { addMethods } from './add-methods.ts';
import { clone, to } from './copy.ts';
import { indexSelect } from './gather.ts';
import { matmul } from './matmul.ts';
import { pointwiseMethods } from './pointwise-methods.ts';
import { argmax, max, mean, sum } from './reduce.ts';
import { logSoftmax, softmax } from './softmax.ts';
import { detach, expand, flatten, permute, reshape, slice, squeeze, transpose, unsqueeze } from './views.ts';

type Axes = number | readonly number[];
interface ReduceOptions {
  keepdim?: boolean;
}

declare module '../graph/tensor.ts' {
  interface Tensor {
    add(other: Operand): Tensor;
    sub(other: Operand): Tensor;
    mul(other: Operand): Tensor;
    div(other: Operand): Tensor;
    pow(exponent: Operand): Tensor;
    eq(other: Operand): Tensor;
    ne(other: Operand): Tensor;
    lt(other: Operand): Tensor;
    le(other: Operand): Tensor;
    gt(other: Operand): Tensor;
    ge(other: Operand): Tensor;
    neg(): Tensor;
    abs(): Tensor;
    exp(): Tensor;
    log(): Tensor;
    sqrt(): Tensor;
    square(): Tensor;
    sigmoid(): Tensor;
    tanh(): Tensor;
    relu(): Tensor;
    softmax(axis?: number): Tensor;
    logSoftmax(axis?: number): Tensor;
    sum(axes?: Axes, options?: ReduceOptions): Tensor;
    mean(axes?: Axes, options?: ReduceOptions): Tensor;
    max(axes?: Axes, options?: ReduceOptions): Tensor;
    argmax(axis?: number, options?: ReduceOptions): Tensor;
    matmul(other: Tensor): Tensor;
    reshape(shape: Shape): Tensor;
    permute(...dims: number[]): Tensor;
    transpose(dim0?: number, dim1?: number): Tensor;
    expand(shape: Shape): Tensor;
    slice(axis: number, start: number, end?: number, step?: number): Tensor;
    flatten(start?: number, end?: number): Tensor;
    squeeze(axis?: number): Tensor;
    unsqueeze(axis: number): Tensor;
    indexSelect(axis: number, index: Tensor): Tensor;
    to(dtype: DType): Tensor;
    clone(): Tensor;
    /** A tensor of the same value that no gradient flows through. */
    detach(): Tensor;
    /**
     * Adds to `grad` of every leaf that this tensor depends on.
     *
     * @throws Error if this is no scalar and no gradient is given, or one of another shape; if it depends on no leaf
     * that requires a gradient, or has been gone through before.
     */
    backward(options?: BackwardOptions): void;
  }
}

addMethods({
  ...pointwiseMethods,
  add,
  sub,
  mul,
  div,
  pow,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  neg,
  abs,
  exp,
  log,
  sqrt,
  square,
  sigmoid,
  tanh,
  relu,
  softmax,
  logSoftmax,
  sum,
  mean,
  max,
  argmax,
  matmul,
  reshape,
  transpose,
  expand,
  slice,
  flatten,
  squeeze,
  unsqueeze,
  indexSelect,
  to,
  clone,
  detach,
});

Tensor.prototype.permute = function (this: Tensor, ...dims: number[]): Tensor {
  return permute(this, dims);
};

/** What a backward pass adds and copies with. */
export const arithmetic: Arithmetic = { one: () => literal(1), add, copy: clone };

Tensor.prototype.backward = function (this: Tensor, options: BackwardOptions = {}): void {
  runBackward(this, options, arithmetic);
};
