/**
 * Multi-head attention, with PyTorch's names, defaults and state-dict keys. Vaswani et al. 2017, arXiv:1706.03762.
 */
import { sameShape, show, type Shape, type Tensor } from '../graph/index.ts';
import {
  attend,
  attentionWeights,
  checkMask,
  checkProbability,
  headsOf,
  joinMasks,
  linear,
  mean,
  nextKey,
  reshape,
  slice,
  unsqueeze,
  zeros,
  type Attention,
  type Heads,
} from '../ops/index.ts';
import * as init from './init.ts';
import { Linear, requireCount, uniform } from './layers.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

export interface MultiheadAttentionOptions {
  /** Probability with which a weight is dropped while training. */
  dropout?: number;
  bias?: boolean;
  /** x is [batch, length, embedDim] rather than [length, batch, embedDim]. */
  batchFirst?: boolean;
}

export interface MultiheadAttentionMasks {
  /** [batch, keys]: bool, true where a key is padding, or float32, added to the scores. */
  keyPaddingMask?: Tensor | null;
  /** [queries, keys] or [batch * heads, queries, keys]: bool, true where a query may not attend, or float32, added. */
  attnMask?: Tensor | null;
  /** Query i attends to keys 0 to i only; needs no attnMask. */
  isCausal?: boolean;
  /** Also gives the weights (default true), which takes a product of its own and memory of the length squared. */
  needWeights?: boolean;
  /** The weights are the mean over the heads (default true). */
  averageAttnWeights?: boolean;
}

/**
 * Forward gives the output, of the query's shape, and the weights: [batch, queries, keys], or with
 * `averageAttnWeights: false` [batch, heads, queries, keys], or null without `needWeights`.
 *
 * A query that may attend to nothing gets the bias of out_proj, where torch gives NaN.
 */
export class MultiheadAttention extends Module<
  [output: Tensor, weights: Tensor | null],
  [query: Tensor, key: Tensor, value: Tensor, options?: MultiheadAttentionMasks]
> {
  static override readonly name: string = 'MultiheadAttention';

  readonly in_proj_weight: Parameter;
  readonly in_proj_bias: Parameter | null;
  readonly out_proj: Linear;
  readonly embedDim: number;
  readonly numHeads: number;
  readonly batchFirst: boolean;
  /** May be changed while training, also that of a compiled step unless it was 0 there. */
  dropout: number;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout = 0, bias = true, batchFirst = false } = options;
    requireCount('MultiheadAttention', 'embedDim', embedDim);
    requireCount('MultiheadAttention', 'numHeads', numHeads);
    if (embedDim % numHeads !== 0)
      throw new Error(
        `MultiheadAttention: embedDim ${embedDim} does not divide among ${numHeads} heads. Make it a multiple of numHeads.`,
      );
    this.dropout = checkProbability('MultiheadAttention', dropout);
    const bound = Math.sqrt(6 / (4 * embedDim));
    this.in_proj_weight = new Parameter(uniform([3 * embedDim, embedDim], bound));
    this.in_proj_bias = bias ? new Parameter(zeros([3 * embedDim])) : null;
    this.out_proj = new Linear(embedDim, embedDim, { bias });
    if (this.out_proj.bias) init.zeros(this.out_proj.bias);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.batchFirst = batchFirst;
  }

  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: MultiheadAttentionMasks = {},
  ): [output: Tensor, weights: Tensor | null] {
    const { needWeights = true, averageAttnWeights = true } = options;
    this.check({ query, key, value });
    const [q, k, v] = this.project(query, key, value);
    const attention: Attention = {
      q,
      k,
      v,
      mask: this.mask(q, k, options),
      causal: options.isCausal ?? false,
      scale: 1 / Math.sqrt(this.embedDim / this.numHeads),
      dropout:
        this.training && this.dropout > 0
          ? nextKey(() => [checkProbability('MultiheadAttention', this.dropout)])
          : null,
    };
    const joined = attend(attention, this.batchFirst ? 'batch rows heads' : 'rows batch heads');
    const output = this.out_proj.forward(reshape(joined, query.shape));
    if (!needWeights) return [output, null];
    const weights = attentionWeights(attention);
    return [output, averageAttnWeights ? mean(weights, 1) : weights];
  }

  /** For `summary`, of self-attention: what projects queries, keys and values, and what weighs them. */
  multAdds(outputShape: Shape): number {
    const [first, second, features] = outputShape as [number, number, number];
    const length = this.batchFirst ? second : first;
    return first * second * features * (3 * features + 2 * length);
  }

  private check(inputs: Readonly<Record<string, Tensor>>): void {
    const { embedDim, batchFirst } = this;
    const { query, key, value } = inputs as { query: Tensor; key: Tensor; value: Tensor };
    const batch = batchFirst ? 0 : 1;
    const wanted = batchFirst ? `[batch, length, ${embedDim}]` : `[length, batch, ${embedDim}]`;
    for (const [name, { shape }] of Object.entries(inputs))
      if (shape.length !== 3 || shape[2] !== embedDim || shape[batch] !== query.shape[batch])
        throw new Error(
          `MultiheadAttention: ${name} is ${show(shape)}; it must be ${wanted} with the batch of query ${show(query.shape)}.`,
        );
    if (key.shape[1 - batch] !== value.shape[1 - batch])
      throw new Error(
        `MultiheadAttention: key is ${show(key.shape)} and value is ${show(value.shape)}; their lengths must be equal.`,
      );
  }

  /** Queries, keys and values, [batch, heads, length, features] each. What is the same tensor is one product. */
  private project(query: Tensor, key: Tensor, value: Tensor): [q: Heads, k: Heads, v: Heads] {
    const { embedDim, numHeads, batchFirst, in_proj_weight: weight, in_proj_bias: bias } = this;
    const parts = (x: Tensor, first: number, count: number): Heads[] => {
      const rows = (all: Tensor): Tensor => slice(all, 0, first * embedDim, (first + count) * embedDim);
      const y = linear(x, rows(weight), bias && rows(bias));
      return Array.from({ length: count }, (_, part) => headsOf(y, numHeads, { batchFirst, part, parts: count }));
    };
    if (query === key && key === value) return parts(query, 0, 3) as [Heads, Heads, Heads];
    const others = key === value ? parts(key, 1, 2) : [...parts(key, 1, 1), ...parts(value, 2, 1)];
    return [...parts(query, 0, 1), ...others] as [Heads, Heads, Heads];
  }

  private mask(q: Heads, k: Heads, { keyPaddingMask, attnMask }: MultiheadAttentionMasks): Attention['mask'] {
    const [batch, heads, queries] = q.shape as [number, number, number, number];
    const keys = k.shape[2]!;
    const padding = keyPaddingMask ?? null;
    if (padding && (padding.dtype === 'int32' || !sameShape(padding.shape, [batch, keys])))
      throw new Error(
        `MultiheadAttention: keyPaddingMask is ${padding.dtype} ${show(padding.shape)}; it must be bool or float32 [batch, keys], ${show([batch, keys])}. Pass ids.eq(padding), true for padding.`,
      );
    let pairs = attnMask ?? null;
    if (pairs?.ndim === 3) {
      if (pairs.shape[0] !== batch * heads)
        throw new Error(
          `MultiheadAttention: attnMask is ${show(pairs.shape)}; it must be [queries, keys] or [batch * heads, queries, keys], with batch * heads = ${batch * heads}.`,
        );
      pairs = reshape(pairs, [batch, heads, ...pairs.shape.slice(1)]);
    }
    const scores = [batch, heads, queries, keys];
    const check = (mask: Tensor): Attention['mask'] => checkMask('MultiheadAttention', mask, scores, 'ignore');
    return joinMasks(padding && check(unsqueeze(unsqueeze(padding, 1), 1)), pairs && check(pairs));
  }
}
