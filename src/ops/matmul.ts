/**
 * Matrix product, plain and batched.
 *
 * Transposes of either operand are taken in by the planner (`absorb`), so the gradients dA = dY B^T and dB = A^T dY
 * never copy one.
 */
import { defineOp, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import { isContiguous, type Layout } from '../graph/layout.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show, type Spec } from '../graph/value.ts';
import { products } from './matmul-parts.ts';
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

function lowerMatmul(context: LowerContext<Attrs>) {
  const { inputs, outputs, attrs, input, output, choose } = context;
  const [batch, m, n] = outputs[0]!.shape as [number, number, number];
  const k = inputs[0]!.shape[attrs.transposeA ? 1 : 2]!;
  const a_batch = inputs[0]!.shape[0] === 1 ? 0 : m * k;
  const b_batch = inputs[1]!.shape[0] === 1 ? 0 : k * n;
  const bind = { a: input(0), b: input(1), y: output(0) };
  const { rule, variants, early } = products(context, { m, n, k, batch, ...attrs }, { bind, a_batch, b_batch });
  return choose(rule, variants, early);
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
