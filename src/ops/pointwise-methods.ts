/**
 * The pointwise ops that Tensor has as methods, beside those of methods.ts.
 */
import { hardshrink, prelu } from './activation.ts';
import { addcdiv, addcmul, lerp, type Operand } from './arithmetic.ts';
import { erf, erfc, exp2, expm1, log10, log1p, log2, reciprocal, rsqrt } from './elementary.ts';
import { clamp, maximum, minimum } from './extrema.ts';
import { isFinite, isInf, isNan, logicalAnd, logicalNot, logicalOr, logicalXor, nanToNum } from './logic.ts';
import { ceil, floor, floorDivide, fmod, frac, remainder, round, sign, trunc } from './rounding.ts';
import { acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, hypot, sin, sinh, tan } from './trigonometry.ts';
import type { Tensor } from '../graph/tensor.ts';

declare module '../graph/tensor.ts' {
  interface Tensor {
    reciprocal(): Tensor;
    rsqrt(): Tensor;
    exp2(): Tensor;
    expm1(): Tensor;
    log1p(): Tensor;
    log2(): Tensor;
    log10(): Tensor;
    erf(): Tensor;
    erfc(): Tensor;
    sin(): Tensor;
    cos(): Tensor;
    tan(): Tensor;
    asin(): Tensor;
    acos(): Tensor;
    atan(): Tensor;
    atan2(other: Operand): Tensor;
    hypot(other: Operand): Tensor;
    sinh(): Tensor;
    cosh(): Tensor;
    asinh(): Tensor;
    acosh(): Tensor;
    atanh(): Tensor;
    sign(): Tensor;
    floor(): Tensor;
    ceil(): Tensor;
    /** Halves go to the even number. */
    round(): Tensor;
    trunc(): Tensor;
    frac(): Tensor;
    remainder(other: Operand): Tensor;
    fmod(other: Operand): Tensor;
    floorDivide(other: Operand): Tensor;
    maximum(other: Operand): Tensor;
    minimum(other: Operand): Tensor;
    clamp(min?: Operand | null, max?: Operand | null): Tensor;
    lerp(end: Operand, weight: Operand): Tensor;
    addcmul(a: Operand, b: Operand, options?: { value?: number }): Tensor;
    addcdiv(a: Operand, b: Operand, options?: { value?: number }): Tensor;
    logicalAnd(other: Tensor): Tensor;
    logicalOr(other: Tensor): Tensor;
    logicalXor(other: Tensor): Tensor;
    logicalNot(): Tensor;
    isNan(): Tensor;
    isInf(): Tensor;
    isFinite(): Tensor;
    nanToNum(options?: { nan?: number; posinf?: number; neginf?: number }): Tensor;
    prelu(weight: Tensor): Tensor;
    hardshrink(lambda?: number): Tensor;
  }
}

export const pointwiseMethods: Readonly<Record<string, (x: Tensor, ...rest: never[]) => Tensor>> = {
  reciprocal,
  rsqrt,
  exp2,
  expm1,
  log1p,
  log2,
  log10,
  erf,
  erfc,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  atan2,
  hypot,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  sign,
  floor,
  ceil,
  round,
  trunc,
  frac,
  remainder,
  fmod,
  floorDivide,
  maximum,
  minimum,
  clamp,
  lerp,
  addcmul,
  addcdiv,
  logicalAnd,
  logicalOr,
  logicalXor,
  logicalNot,
  isNan,
  isInf,
  isFinite,
  nanToNum,
  prelu,
  hardshrink,
};
