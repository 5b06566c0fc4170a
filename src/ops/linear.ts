/**
 * The linear layer y = x W^T + b.
 *
 * Forward it is a product and a sum, which the planner makes one dispatch. Backward it is an op of its own, because
 * the gradients of weight and bias come from one pass over dY.
 */
import linearGradient from '../../shaders/linear-gradient.wgsl';
import { defineOp } from '../graph/define-op.ts';
import { noGrad } from '../graph/engine.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { show } from '../graph/value.ts';
import { add } from './arithmetic.ts';
import { dispatch } from './dispatch.ts';
import { matmul, anyTile } from './matmul.ts';
import { reshape, transpose } from './views.ts';

const linearGradientOp = defineOp({
  name: 'linear_gradient',
  inputs: ['dy', 'x'],
  shape: ([dy, x]) => [
    { shape: [dy!.shape[1]!, x!.shape[1]!], dtype: 'float32' },
    { shape: [dy!.shape[1]!], dtype: 'float32' },
  ],
  lower({ inputs: [dy, x], software, input, output }) {
    const [k, m] = dy!.shape as [number, number];
    const n = x!.shape[1]!;
    const { rows, cols, kernel, group } = anyTile(m, n, k, software);
    return [
      dispatch(linearGradient[`linear_gradient_${kernel}`], {
        bind: { dy: input(0), x: input(1), dw: output(0), db: output(1) },
        params: { m, n, k },
        overrides: { group_x: group, group_y: group },
        workgroups: [Math.ceil(n / (cols * group)), Math.ceil(m / (rows * group)), 1],
        epilogue: true,
      }),
    ];
  },
  fuses: { epilogue: true },
});

/** Input 0 is the result; the others are what it was computed from. */
const linearOp = defineOp({
  name: 'linear',
  inputs: ['y', 'x', 'weight', 'bias'],
  saves: ['x', 'weight'],
  shape: ([y]) => [{ shape: y!.shape, dtype: y!.dtype }],
  view: (layout) => layout,
  backward({ grads: [dy], saved: { x, weight }, needs }) {
    const dx = needs[1] ? matmul(dy!, weight) : null;
    if (!needs[2] && !needs[3]) return [null, dx, null, null];
    const [dw, db] = applyAll(linearGradientOp, [dy!, x], {}) as [Tensor, Tensor];
    return [null, dx, needs[2] ? dw : null, needs[3] ? db : null];
  },
});

/**
 * y = x W^T + b, with x: [..., in], weight: [out, in], bias: [out] or null, y: [..., out].
 *
 * @throws Error if the last axis of x is not that of the weight.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const inputs = weight.shape[1];
  if (weight.ndim !== 2) throw new Error(`linear: weight must be [out, in], got ${show(weight.shape)}.`);
  if (x.ndim === 0 || x.shape.at(-1) !== inputs)
    throw new Error(
      `linear: x is ${show(x.shape)} and weight is ${show(weight.shape)}; x.shape[${Math.max(0, x.ndim - 1)}] ` +
        `(${x.shape.at(-1) ?? 'none'}) must equal in (${inputs}). ${hint(x, inputs!)}`,
    );
  if (bias && (bias.ndim !== 1 || bias.shape[0] !== weight.shape[0]))
    throw new Error(
      `linear: bias is ${show(bias.shape)} and weight is ${show(weight.shape)}; bias must be [${weight.shape[0]}].`,
    );
  const rows = x.ndim === 2 ? x : reshape(x, [x.numel / inputs!, inputs!]);
  const y = noGrad(() => {
    const product = matmul(rows, transpose(weight));
    return bias ? add(product, bias) : product;
  });
  const result = apply(linearOp, bias ? [y, rows, weight, bias] : [y, rows, weight], {});
  return x.ndim === 2 ? result : reshape(result, [...x.shape.slice(0, -1), weight.shape[0]!]);
}

function hint(x: Tensor, inputs: number): string {
  const perRow = x.ndim > 1 ? x.numel / x.shape[0]! : 0;
  return perRow === inputs ? 'Flatten it first, e.g. with nn.Flatten.' : 'Change the layer or the input.';
}
