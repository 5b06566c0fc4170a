/**
 * The linear layer y = x W^T + b, of one model or of several that are stacked on a leading axis.
 *
 * Forward it is a product and a sum, which the planner makes one dispatch. Backward it is an op of its own, because
 * the gradients of weight and bias come from one pass over dY, unless the layer is large.
 */
import linearGradient from '../../shaders/linear-gradient.wgsl';
import reduce from '../../shaders/reduce.wgsl';
import { defineOp, type Dispatch, type LowerContext } from '../graph/define-op.ts';
import { noGrad } from '../graph/engine.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { sameShape, show, type Shape } from '../graph/value.ts';
import { add } from './arithmetic.ts';
import { dispatch, inBatches, spread } from './dispatch.ts';
import { blockFor, blockOf, earlyBlock, kernelFor, type Block } from './matmul-kernels.ts';
import { isTooLong, products } from './matmul-parts.ts';
import { matmul } from './matmul.ts';
import { sumTo } from './reduce.ts';
import { reshape, transpose, unsqueeze } from './views.ts';

/**
 * From so many multiplications on a product by its best kernel and a dispatch for the sums are faster than one pass, if
 * one pass has no such kernel.
 */
const APART = { software: 2 ** 20, hardware: 2 ** 24 };
/** Rows from which few weights wait long for one pass over them. */
const DEEP = 2048;

const linearGradientOp = defineOp({
  name: 'linear_gradient',
  inputs: ['dy', 'x'],
  shape: ([dy, x]) => {
    const sums = dy!.shape.toSpliced(-2, 1);
    return [
      { shape: [...sums, x!.shape.at(-1)!], dtype: 'float32' },
      { shape: sums, dtype: 'float32' },
    ];
  },
  lower(context) {
    const { inputs, limits, software, input, output, choose } = context;
    const [dy, x] = inputs.map(({ shape }) => shape) as [Shape, Shape];
    const [k, m] = dy.slice(-2) as [number, number];
    const n = x.at(-1)!;
    const members = dy.length === 3 ? dy[0]! : 1;
    const work = m * n * k;
    const size = { m, n, k, batch: members, transposeA: true, transposeB: false };
    const block = blockFor(m, n, k, software, members);
    const best = kernelFor(size, context);
    const blocks = new Set<Block>([
      block,
      ...(work < 2 ** 20 ? ['1x1' as const] : []),
      '4x4',
      ...(m > 4 && n > 6 ? ['8x12' as const] : []),
    ]);
    const matrices = {
      bind: { a: input(0), b: input(1), y: output(0) },
      a_batch: k * m,
      b_batch: x.length === 3 ? k * n : 0,
    };
    const { workgroups, width } = spread(members * m, limits);
    const sums = dispatch(reduce.sum_strided, {
      bind: { x: input(0), y: output(1) },
      params: { outer: members, size: k, inner: m, width, scale: 1 },
      workgroups,
    });
    const apart = products(context, size, matrices, 'apart, ', [sums]);
    if (isTooLong(k, software)) return choose(apart.rule, apart.variants, apart.early);
    const inOnePass = [...blocks].find((name) => name === best);
    const isApart = !inOnePass && work >= APART[software ? 'software' : 'hardware'];
    const alone = members === 1;
    const early = [...blocks].flatMap((name) => {
      const first = earlyBlock(name, members * work);
      if (!first) return [];
      return [[`one pass, ${name}`, { lower: () => onePass(context, first.by), compile: first.compile }] as const];
    });
    return choose(
      alone && (isApart || (apart.isSplit && k >= DEEP)) ? apart.rule : `one pass, ${inOnePass ?? block}`,
      {
        ...Object.fromEntries([...blocks].map((name) => [`one pass, ${name}`, () => onePass(context, name)])),
        ...(alone ? apart.variants : {}),
      },
      { kernels: { ...apart.early.kernels, ...Object.fromEntries(early) }, run: apart.early.run },
    );
  },
  fuses: { epilogue: true },
});

/** Products and sums in one pass over dY. */
function onePass({ inputs, limits, software, input, output }: LowerContext<object>, name: Block): Dispatch[] {
  const [dy, x] = inputs.map(({ shape }) => shape) as [Shape, Shape];
  const [k, m] = dy.slice(-2) as [number, number];
  const n = x.at(-1)!;
  const stacked = dy.length === 3 ? dy[0]! : 1;
  const { rows, cols, group } = blockOf(name, software);
  const x_member = x.length === 3 ? k * n : 0;
  const bind = { dy: input(0), db: output(1) };
  return inBatches(stacked, limits, (first, members) => {
    const rest = {
      params: { m, n, k, x_member, first },
      overrides: { group_x: group, group_y: group },
      workgroups: [Math.ceil(n / (cols * group)), Math.ceil(m / (rows * group)), members] as const,
      epilogue: true,
    };
    // Stores of four numbers make the gradient of a wide layer a fifth faster, and take no longer to compile.
    return name === '8x12' && n % 4 === 0
      ? dispatch(linearGradient.linear_gradient_8x12_vec4, {
          bind: { ...bind, x4: input(1), dw4: output(0) },
          ...rest,
        })
      : dispatch(linearGradient[`linear_gradient_${name}`], {
          bind: { ...bind, x: input(1), dw: output(0) },
          ...rest,
        });
  });
}

/** Input 0 is the result; the others are what it was computed from. */
const linearOp = defineOp({
  name: 'linear',
  inputs: ['y', 'x', 'weight', 'bias'],
  saves: ['x', 'weight'],
  shape: ([y]) => [{ shape: y!.shape, dtype: y!.dtype }],
  view: (layout) => layout,
  backward({ grads: [dy], saved: { x, weight }, needs }) {
    const dx = needs[1] ? sumTo(matmul(dy!, weight), x.shape) : null;
    if (!needs[2] && !needs[3]) return [null, dx, null, null];
    const [dw, db] = applyAll(linearGradientOp, [dy!, x], {}) as [Tensor, Tensor];
    return [null, dx, needs[2] ? dw : null, needs[3] ? db : null];
  },
});

/**
 * y = x W^T + b, with x: [..., in], weight: [out, in], bias: [out] or null, y: [..., out].
 *
 * Of stacked models, each with its own weight and bias: weight: [members, out, in], bias: [members, out],
 * x: [batch, in] for all of them or [members, batch, in], y: [members, batch, out].
 *
 * @throws Error if the last axis of x is not that of the weight, or the members are not equally many.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const stacked = weight.ndim === 3;
  const inputs = weight.shape.at(-1);
  if (weight.ndim !== 2 && !stacked)
    throw new Error(`linear: weight must be [out, in] or [members, out, in], got ${show(weight.shape)}.`);
  if (x.ndim === 0 || x.shape.at(-1) !== inputs)
    throw new Error(
      `linear: x is ${show(x.shape)} and weight is ${show(weight.shape)}; x.shape[${Math.max(0, x.ndim - 1)}] ` +
        `(${x.shape.at(-1) ?? 'none'}) must equal in (${inputs}). ${hint(x, inputs!)}`,
    );
  if (bias && !sameShape(bias.shape, weight.shape.slice(0, -1)))
    throw new Error(
      `linear: bias is ${show(bias.shape)} and weight is ${show(weight.shape)}; bias must be ${show(weight.shape.slice(0, -1))}.`,
    );
  if (stacked) {
    if (x.ndim !== 2 && (x.ndim !== 3 || x.shape[0] !== weight.shape[0]))
      throw new Error(
        `linear: x is ${show(x.shape)} and weight is ${show(weight.shape)}; x must be [batch, ${inputs}] for all members or [${weight.shape[0]}, batch, ${inputs}].`,
      );
    return multiply(x, weight, bias);
  }
  const rows = x.ndim === 2 ? x : reshape(x, [x.numel / inputs!, inputs!]);
  const result = multiply(rows, weight, bias);
  return x.ndim === 2 ? result : reshape(result, [...x.shape.slice(0, -1), weight.shape[0]!]);
}

function multiply(x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  const y = noGrad(() => {
    const product = matmul(x, transpose(weight));
    return bias ? add(product, weight.ndim === 3 ? unsqueeze(bias, 1) : bias) : product;
  });
  return apply(linearOp, bias ? [y, x, weight, bias] : [y, x, weight], {});
}

function hint(x: Tensor, inputs: number): string {
  const perRow = x.ndim > 1 ? x.numel / x.shape[0]! : 0;
  return perRow === inputs ? 'Flatten it first, e.g. with nn.Flatten.' : 'Change the layer or the input.';
}
