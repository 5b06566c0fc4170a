/**
 * Attention: each query's mean of the values, weighed by how well the query and the values' keys agree.
 *
 * Vaswani et al. 2017, arXiv:1706.03762. What may not be attended to gets a score of LOWEST, which is finite; a query
 * that may attend to nothing gets 0, where torch gives NaN.
 */
import { quotient, remainder } from '../gpu/divide.ts';
import type { OpDefinition } from '../graph/define-op.ts';
import { contiguousStrides } from '../graph/layout.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { numel, sameShape, show, type Shape } from '../graph/value.ts';
import { add, ge, gt, mul, where } from './arithmetic.ts';
import { checkMask, LOWEST, MASKED, type Mask } from './attention-mask.ts';
import { arange } from './create.ts';
import { definePointwise } from './define-pointwise.ts';
import { flashAttention, type Order, type Place } from './flash-attention.ts';
import { logicalNot } from './logic.ts';
import { matmul } from './matmul.ts';
import { pad } from './pad.ts';
import { checkProbability, nextKey } from './random.ts';
import { requireFloat } from './shapes.ts';
import { softmax } from './softmax.ts';
import { expand, permute, reshape, slice, transpose, unsqueeze } from './views.ts';

const NAME = 'scaledDotProductAttention';

export interface AttentionOptions {
  /**
   * Of a shape that broadcasts to [..., queries, keys]: bool, true where a query may attend to a key, or float32, added
   * to the scores.
   */
  attnMask?: Tensor | null;
  /** Query i attends to keys 0 to i only. */
  isCausal?: boolean;
  /** Probability with which a weight is dropped. */
  dropoutP?: number;
  /** Factor of the scores; 1 / sqrt(features) unless said otherwise. */
  scale?: number | null;
  /** Each head of keys and values serves several heads of queries, which lie one behind another. */
  enableGqa?: boolean;
}

/** Rows of features within a tensor. */
export interface Lying {
  readonly x: Tensor;
  readonly place: Place;
}

/** Queries, keys or values. */
export interface Heads {
  /** [batch, heads, length, features] */
  readonly shape: Shape;
  /** Where they lie in another tensor, unless they are one of their own. */
  readonly lying?: Lying;
  /** The tensor of that shape, made only where it is read: nobody's result is computed for its own sake. */
  readonly view: () => Tensor;
}

/** What the ops take. */
export interface Attention {
  readonly q: Heads;
  readonly k: Heads;
  readonly v: Heads;
  readonly mask: Mask | null;
  readonly causal: boolean;
  readonly scale: number;
  /** A key of `nextKey` for the weights that are dropped. */
  readonly dropout: Tensor | null;
}

/**
 * softmax(q k^T * scale + mask) v, as torch's F.scaled_dot_product_attention.
 *
 * @param q [..., queries, features]
 * @param k [..., keys, features]
 * @param v [..., keys, out]
 * @returns [..., queries, out]
 * @throws Error for shapes that do not fit
 */
export function scaledDotProductAttention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  const { attnMask = null, isCausal = false, dropoutP = 0, enableGqa = false } = options;
  checkAttention(q, k, v, enableGqa);
  checkProbability(NAME, dropoutP);
  const lead = q.shape.slice(0, -2);
  const four = (x: Tensor): Heads => {
    const shape = [numel(x.shape.slice(0, -3)), x.shape.at(-3) ?? 1, ...x.shape.slice(-2)];
    return { shape, view: () => reshape(x, shape) };
  };
  const mask = attnMask && checkMask(NAME, attnMask, [...lead, q.shape.at(-2)!, k.shape.at(-2)!], 'attend');
  const scale = options.scale ?? 1 / Math.sqrt(q.shape.at(-1)!);
  const dropout = dropoutP > 0 ? nextKey(() => [dropoutP]) : null;
  const out = attend({ q: four(q), k: four(k), v: four(v), mask, causal: isCausal, scale, dropout });
  return reshape(out, [...lead, ...out.shape.slice(-2)]);
}

function checkAttention(q: Tensor, k: Tensor, v: Tensor, grouped: boolean): void {
  requireFloat(NAME, [q, k, v]);
  const shapes = `q is ${show(q.shape)}, k is ${show(k.shape)} and v is ${show(v.shape)}`;
  if (q.ndim < 2 || k.ndim !== q.ndim || v.ndim !== q.ndim)
    throw new Error(`${NAME}: ${shapes}; each must be [..., length, features], with equally many axes.`);
  if (q.shape.at(-1) !== k.shape.at(-1) || k.shape.at(-2) !== v.shape.at(-2) || q.numel * k.numel * v.numel === 0)
    throw new Error(`${NAME}: ${shapes}; q and k must have equal features, k and v equal lengths, and none be empty.`);
  const [of, from] = [q.shape.at(-3) ?? 1, k.shape.at(-3) ?? 1];
  if (grouped && q.ndim > 2 && of % from !== 0)
    throw new Error(`${NAME}: ${of} heads of queries do not divide among ${from} of keys and values. Use a multiple.`);
  const own = grouped ? -3 : -2;
  if (
    !sameShape(k.shape.slice(0, -2), v.shape.slice(0, -2)) ||
    !sameShape(q.shape.slice(0, own), k.shape.slice(0, own))
  )
    throw new Error(
      `${NAME}: ${shapes}; their leading axes must be equal${grouped ? '' : ', or differ in heads alone with enableGqa'}.`,
    );
}

/** The result, with its axes in the given order. */
export function attend(attention: Attention, order: Order = 'batch heads rows'): Tensor {
  const { q, k, v, mask, causal, scale, dropout } = attention;
  if (mask?.values.requiresGrad) {
    const result = matmul(attentionWeights(attention), ofQueries(v, q));
    if (order === 'batch heads rows') return result;
    return permute(result, order === 'batch rows heads' ? [0, 2, 1, 3] : [2, 0, 1, 3]);
  }
  const [batches, heads, queries, features] = q.shape as [number, number, number, number];
  const [, groups, keys, out] = v.shape as [number, number, number, number];
  const lying = [q, k, v].map(lyingOf) as [Lying, Lying, Lying];
  const [lq, lk, lv] = lying;
  // Parts of one tensor share its gradient. A tensor that is given twice has a gradient for each time.
  const sources = lying.map(({ x, place }, at) =>
    lying.findIndex((other, index) => index === at || (other.x === x && other.place.first !== place.first)),
  );
  const y = flashAttention([lq.x, lk.x, lv.x, mask?.values ?? lq.x, dropout ?? lq.x], {
    batches,
    heads,
    each: heads / groups,
    queries,
    keys,
    features: fours(features),
    out: fours(out),
    q: lq.place,
    k: lk.place,
    v: lv.place,
    order,
    causal,
    scale,
    masking: mask ? { attend: 1, ignore: 2, add: 3 }[mask.kind] : 0,
    maskSteps: mask ? stepsOf(mask.values.shape) : [0, 0, 0, 0],
    dropping: dropout !== null,
    sources: sources as [number, number, number],
  });
  return fours(out) === out ? y : slice(y, 3, 0, out);
}

/**
 * Heads that lie beside one another in rows of features. Where there are parts, one attention takes each of them once:
 * together they make the gradient of `x`.
 *
 * @param x [batch, length, parts * heads * features], or [length, batch, ...] without `batchFirst`
 * @param options.part which of so many parts, such as queries, keys and values of one product
 */
export function headsOf(
  x: Tensor,
  heads: number,
  options: { batchFirst?: boolean; part?: number; parts?: number } = {},
): Heads {
  const { batchFirst = true, part = 0, parts = 1 } = options;
  const [outer, inner, row] = x.shape as [number, number, number];
  const size = row / parts / heads;
  const [batch, length] = batchFirst ? [outer, inner] : [inner, outer];
  const steps = batchFirst ? { batch: inner * row, row } : { batch: row, row: inner * row };
  return {
    shape: [batch, heads, length, size],
    lying: { x, place: { first: part * heads * size, head: size, ...steps } },
    view: () => {
      const own = slice(reshape(x, [outer, inner, parts, heads, size]), 2, part, part + 1);
      return permute(reshape(own, [outer, inner, heads, size]), batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
    },
  };
}

const fours = (size: number): number => Math.ceil(size / 4) * 4;

/** Where the kernels read: as it lies if that is in fours, and otherwise padded with zeros. */
function lyingOf({ shape, lying, view }: Heads): Lying {
  const [, heads, rows, features] = shape as [number, number, number, number];
  const row = fours(features);
  if (lying && row === features && Object.values(lying.place).every((step: number) => step % 4 === 0)) return lying;
  const x = view();
  const place = { first: 0, batch: heads * rows * row, head: rows * row, row };
  return { x: row === features ? x : pad(x, [0, row - features]), place };
}

/** Steps of a contiguous mask, 0 along axes of size 1. */
function stepsOf(shape: Shape): number[] {
  return contiguousStrides(shape).map((step, axis) => (shape[axis] === 1 ? 0 : step));
}

/** Heads of keys or values repeated for the heads of queries that they serve. */
function ofQueries({ shape, view }: Heads, q: Heads): Tensor {
  const [batch, heads, ...rest] = shape as [number, number, ...number[]];
  const each = q.shape[1]! / heads;
  if (each === 1) return view();
  return reshape(expand(unsqueeze(view(), 2), [batch, heads, each, ...rest]), [batch, q.shape[1]!, ...rest]);
}

interface DropAttrs {
  keys: number;
}

/** Drops of weights what the kernels drop by the same key: four keys share a draw. */
const dropWeightsOp: OpDefinition<'key', DropAttrs> = definePointwise<'key', DropAttrs>({
  name: 'drop_weights',
  inputs: ['x', 'key'],
  saves: ['key'],
  whole: [1],
  dtype: () => 'float32',
  expression([x, key], { keys }) {
    const [row, place] = [quotient('i', keys), remainder('i', keys)];
    const four = `${row} * ${Math.ceil(keys / 4)}u + ((${place}) >> 2u)`;
    return `${x} * dropout_four(${four}, ${key}[0], ${key}[1], bitcast<f32>(${key}[2]))[(${place}) & 3u]`;
  },
  backward: ({ grads: [dy], saved: { key }, attrs }) => [apply(dropWeightsOp, [dy!, key], attrs), null],
});

/** The weights [batch, heads, queries, keys], after dropout. */
export function attentionWeights({ q, k, mask, causal, scale, dropout }: Attention): Tensor {
  const product = matmul(q.view(), transpose(ofQueries(k, q)));
  let scores = mul(product, scale);
  const kept: Tensor[] = [];
  if (mask?.kind === 'add') {
    scores = add(scores, mask.values);
    kept.push(gt(mask.values, MASKED));
  } else if (mask) kept.push(mask.kind === 'attend' ? mask.values : logicalNot(mask.values));
  if (causal) {
    const [queries, keys] = product.shape.slice(-2) as [number, number];
    kept.push(ge(unsqueeze(arange(queries), 1), arange(keys)));
  }
  let weights = softmax(kept.reduce((rest, keep) => where(keep, rest, LOWEST), scores));
  weights = kept.reduce((rest, keep) => where(keep, rest, 0), weights);
  return dropout ? apply(dropWeightsOp, [weights, dropout], { keys: weights.shape.at(-1)! }) : weights;
}
