/**
 * Matrix product, plain and batched.
 *
 * Transposes of either operand are taken in by the planner (`absorb`), so the gradients dA = dY B^T and dB = A^T dY
 * never copy one.
 */
import matmulTiled from '../../shaders/matmul-tiled.wgsl';
import matmulVec4 from '../../shaders/matmul-vec4.wgsl';
import matmulBlocks from '../../shaders/matmul.wgsl';
import { defineOp, type Dispatch, type LowerContext, type OpDefinition, type Operand } from '../graph/define-op.ts';
import { isContiguous, type Layout } from '../graph/layout.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show, type Spec } from '../graph/value.ts';
import { dispatch, inBatches } from './dispatch.ts';
import { sumTo } from './reduce.ts';
import { broadcastShapes, requireFloat } from './shapes.ts';
import { expand, reshape, transpose } from './views.ts';

interface Attrs {
  transposeA: boolean;
  transposeB: boolean;
}

/** Inputs [batch or 1, m, k] and [batch or 1, k, n]. */
const matmulOp: OpDefinition<'a' | 'b', Attrs> = defineOp<'a' | 'b', Attrs>({
  name: 'matmul',
  inputs: ['a', 'b'],
  saves: ['a', 'b'],
  shape([a, b]) {
    requireFloat('matmul', [a!, b!]);
    return [{ shape: [Math.max(a!.shape[0]!, b!.shape[0]!), a!.shape[1]!, b!.shape[2]!], dtype: 'float32' }];
  },
  absorb(index, layout, attrs) {
    const input = transposed(layout);
    if (!input) return null;
    return { input, attrs: index === 0 ? { ...attrs, transposeA: true } : { ...attrs, transposeB: true } };
  },
  lower: lowerMatmul,
  fuses: { epilogue: true },
  backward: ({ grads: [dy], saved: { a, b }, needs }) => [
    needs[0] ? sumTo(apply(matmulOp, [dy!, transpose(b)], plain), a.shape) : null,
    needs[1] ? sumTo(apply(matmulOp, [transpose(a), dy!], plain), b.shape) : null,
  ],
});

const plain: Attrs = { transposeA: false, transposeB: false };

/** The matrix whose transpose the layout reads, if that is what it does. */
function transposed({ shape, strides, offset }: Layout): Spec | null {
  const flipped: Layout = {
    shape: [shape[0]!, shape[2]!, shape[1]!],
    strides: [strides[0]!, strides[2]!, strides[1]!],
    offset,
  };
  return isContiguous(flipped) && offset === 0 ? { shape: flipped.shape, dtype: 'float32' } : null;
}

export interface Tile<Kernel extends string = '8x12' | '4x4' | '1x1'> {
  readonly kernel: Kernel;
  readonly rows: number;
  readonly cols: number;
  /** Side of the workgroup. */
  readonly group: number;
}

/** One output an invocation. */
export const SINGLE: Tile = { kernel: '1x1', rows: 1, cols: 1, group: 8 };

/**
 * Register blocks of kernels that take any size. On SwiftShader 8x12 is twice as fast as 4x4, and takes three times as
 * long to compile. On a GPU large blocks would spill. Narrow products fill no block, and are worth compiling one for
 * only when they are long, or many: a software adapter pays for each invocation.
 */
export function anyTile(m: number, n: number, k: number, software: boolean, batch = 1): Tile {
  const narrow = m < 8 || n < 12;
  const fours = { kernel: '4x4', rows: 4, cols: 4, group: software ? 2 : 8 } as const;
  if (batch * m * n * k < (narrow ? 2 ** 17 : 2 ** 14))
    return software && batch > 1 && batch * m * n >= 2 ** 8 ? fours : SINGLE;
  if (!software || m <= 4 || n <= 4) return fours;
  return { kernel: '8x12', rows: 8, cols: 12, group: 2 };
}

/**
 * Register blocks of the kernels that load four numbers at once, where they pay. On SwiftShader 16x16 is 1.7 times as
 * fast as 8x12 with single loads, but takes three times as long to compile, so it is for large products. 8x8 wastes
 * least of many small matrices; of others it is a sixth faster than 8x12 with single loads where both operands lie along
 * k or neither does.
 */
function fourTile(m: number, n: number, k: number, attrs: Attrs, batch: number): Tile<'16x16' | '8x8'> | null {
  if ([m, n, k].some((size) => size % 4 !== 0)) return null;
  const whole = m % 16 === 0 && n % 16 === 0;
  if (m > 8 && (whole ? batch : 1) * m * n * k >= 2 ** 24) return { kernel: '16x16', rows: 16, cols: 16, group: 2 };
  return batch > 1 || attrs.transposeB !== attrs.transposeA ? { kernel: '8x8', rows: 8, cols: 8, group: 2 } : null;
}

function lowerMatmul(context: LowerContext<Attrs>): Dispatch[] {
  const { outputs, limits } = context;
  return inBatches(outputs[0]!.shape[0]!, limits, (first, batches) => lowerBatches(context, first, batches));
}

function lowerBatches(context: LowerContext<Attrs>, first: number, batches: number): Dispatch {
  const { inputs, outputs, attrs, software, input, output } = context;
  const [batch, m, n] = outputs[0]!.shape as [number, number, number];
  const k = inputs[0]!.shape[attrs.transposeA ? 1 : 2]!;
  const a_batch = inputs[0]!.shape[0] === 1 ? 0 : m * k;
  const b_batch = inputs[1]!.shape[0] === 1 ? 0 : k * n;
  const bind = { a: input(0), b: input(1), y: output(0) };
  return product({ bind, params: { m, n, k, a_batch, b_batch, first }, ...attrs, batch, batches, software });
}

interface Product extends Attrs {
  readonly bind: { readonly a: Operand; readonly b: Operand; readonly y: Operand };
  readonly params: { m: number; n: number; k: number; a_batch: number; b_batch: number; first: number };
  /** Products in all, and in this dispatch. */
  readonly batch: number;
  readonly batches: number;
  readonly software: boolean;
}

/** The dispatch of a product, by the kernel that suits its size. */
export function product({ bind, params, transposeA, transposeB, batch, batches, software }: Product): Dispatch {
  const { m, n, k } = params;
  const overrides = { transpose_a: transposeA, transpose_b: transposeB };
  if (!software && m >= 16 && n >= 16) {
    const block = m >= 512 && n >= 512 ? 8 : 4;
    const workgroups = [Math.ceil(n / (8 * block)), Math.ceil(m / (8 * block)), batches] as const;
    const constants = { BLOCK: block };
    return dispatch(matmulTiled.matmul_tiled, { bind, params, overrides, constants, workgroups, epilogue: true });
  }
  const any = anyTile(m, n, k, software, batch);
  const four = any.kernel === '8x12' ? fourTile(m, n, k, { transposeA, transposeB }, batch) : null;
  const { rows, cols, group } = four ?? any;
  const workgroups = [Math.ceil(n / (cols * group)), Math.ceil(m / (rows * group)), batches] as const;
  const sized = { ...overrides, group_x: group, group_y: group };
  const kernel = four ? matmulVec4[`matmul_${four.kernel}_vec4`] : matmulBlocks[`matmul_${any.kernel}`];
  return dispatch(kernel, { bind, params, overrides: sized, workgroups, epilogue: true });
}

/**
 * Matrix product of the last two axes, with the leading axes broadcast: [..., m, k] @ [..., k, n] -> [..., m, n].
 * A vector counts as one row on the left and as one column on the right, as in torch.
 *
 * @throws Error if the inner dimensions differ or the leading axes do not broadcast.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.ndim === 0 || b.ndim === 0)
    throw new Error(
      `matmul: needs at least one axis, got ${show(a.shape)} and ${show(b.shape)}. Use mul() for scalars.`,
    );
  const left = a.ndim === 1 ? reshape(a, [1, a.numel]) : a;
  const right = b.ndim === 1 ? reshape(b, [b.numel, 1]) : b;
  const [m, k] = left.shape.slice(-2) as [number, number];
  const [inner, n] = right.shape.slice(-2) as [number, number];
  if (k !== inner) throw new Error(innerError(a, b, k, inner));
  const lead = broadcastShapes('matmul', [left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const product = multiply(left, right, lead, m, k, n);
  const shape = [...lead, ...(a.ndim === 1 ? [] : [m]), ...(b.ndim === 1 ? [] : [n])];
  return reshape(product, shape);
}

function multiply(a: Tensor, b: Tensor, lead: readonly number[], m: number, k: number, n: number): Tensor {
  const batch = lead.reduce((product, size) => product * size, 1);
  // One right matrix for all: the batch is more rows.
  if (b.numel === k * n && batch > 1 && a.numel === batch * m * k) {
    const rows = reshape(a, [1, batch * m, k]);
    return apply(matmulOp, [rows, reshape(b, [1, k, n])], plain);
  }
  const stack = (x: Tensor, rows: number, cols: number): Tensor => {
    if (x.numel === rows * cols) return reshape(x, [1, rows, cols]);
    return reshape(expand(x, [...lead, rows, cols]), [batch, rows, cols]);
  };
  return apply(matmulOp, [stack(a, m, k), stack(b, k, n)], plain);
}

function innerError(a: Tensor, b: Tensor, k: number, inner: number): string {
  const axisA = a.ndim - 1;
  const axisB = Math.max(0, b.ndim - 2);
  const fits = b.ndim > 1 && b.shape.at(-1) === k;
  return (
    `matmul: inner dimensions differ. a is ${show(a.shape)} and b is ${show(b.shape)}; ` +
    `a.shape[${axisA}] (${k}) must equal b.shape[${axisB}] (${inner}).${fits ? ' Did you mean a.matmul(b.transpose())?' : ''}`
  );
}
