/**
 * Elementary functions: powers, logarithms, the error function. Whole numbers count as float32.
 */
import { defineUnary, type Unary } from './define-formula.ts';

/** 1 / x */
export const reciprocal: Unary = defineUnary('reciprocal', '1.0 / x', '-y * y');

/** 1 / sqrt(x): inf at 0, NaN below */
export const rsqrt: Unary = defineUnary('rsqrt', '1.0 / sqrt_exact(x)', '-0.5 * y * y * y');

/** 2^x */
export const exp2: Unary = defineUnary('exp2', 'select(exp2(x), x, is_nan(x))', 'y * 0.6931472');

/** e^x - 1, accurate near 0 */
export const expm1: Unary = defineUnary('expm1', 'expm1(x)', 'y + 1.0');

/** log(1 + x), accurate near 0 */
export const log1p: Unary = defineUnary('log1p', 'log1p(x)', '1.0 / (1.0 + x)');

export const log2: Unary = defineUnary('log2', 'log_exact(x) * 1.442695', '1.442695 / x');

export const log10: Unary = defineUnary('log10', 'log_exact(x) * 0.4342945', '0.4342945 / x');

/** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, within a few units of the last place. */
export const erf: Unary = defineUnary('erf', 'erf(x)', '1.1283792 * exp_exact(-x * x)');

/** 1 - erf(x), to 1e-5 of itself also where that is small */
export const erfc: Unary = defineUnary('erfc', 'erfc(x)', '-1.1283792 * exp_exact(-x * x)');
