/**
 * Sizes of a BERT, and the layers that its parts begin with.
 */
import { Embedding, Linear, Parameter } from '../nn/index.ts';
import { arange, randn, unsqueeze, where, zeros } from '../ops/index.ts';

/** Sizes, with the names of Hugging Face's config.json. */
export interface BertConfig {
  vocabSize: number;
  /** Features of a token; default 768. */
  hiddenSize: number;
  /** Layers; default 12. */
  numHiddenLayers: number;
  /** Default 12. */
  numAttentionHeads: number;
  /** Of the feed-forward parts; four times `hiddenSize` unless said otherwise. */
  intermediateSize: number;
  /** Tokens of the longest text; default 512. */
  maxPositionEmbeddings: number;
  /** Kinds of sentences; default 2. */
  typeVocabSize: number;
  /** Default 0.1. */
  hiddenDropoutProb: number;
  /** Default 0.1. */
  attentionProbsDropoutProb: number;
  /** Default 1e-12. */
  layerNormEps: number;
  /** Default 0. */
  padTokenId: number;
  /** Layers are computed again in the backward pass rather than kept for it, as `checkpoint` does; default false. */
  gradientCheckpointing: boolean;
}

export type BertOptions = Partial<BertConfig> & Pick<BertConfig, 'vocabSize'>;

export function bertConfig({ hiddenSize = 768, ...options }: BertOptions): BertConfig {
  return {
    hiddenSize,
    numHiddenLayers: 12,
    numAttentionHeads: 12,
    intermediateSize: 4 * hiddenSize,
    maxPositionEmbeddings: 512,
    typeVocabSize: 2,
    hiddenDropoutProb: 0.1,
    attentionProbsDropoutProb: 0.1,
    layerNormEps: 1e-12,
    padTokenId: 0,
    gradientCheckpointing: false,
    ...options,
  };
}

/** Standard deviation of weights before training. */
const SPREAD = 0.02;

/** A layer as BERT begins with it. */
export function bertLinear(inputs: number, outputs: number): Linear {
  const weight = new Parameter(randn([outputs, inputs]).mul(SPREAD));
  return Object.assign(new Linear(inputs, outputs), { weight, bias: new Parameter(zeros([outputs])) });
}

export function bertEmbedding(count: number, features: number, padding: number | null = null): Embedding {
  const drawn = randn([count, features]).mul(SPREAD);
  const weight = padding === null ? drawn : where(unsqueeze(arange(count), 1).eq(padding), 0, drawn);
  return Object.assign(new Embedding(count, features, { paddingIdx: padding }), { weight: new Parameter(weight) });
}
