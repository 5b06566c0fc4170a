/**
 * Tables of vectors, and places in a sequence, with PyTorch's names and state-dict keys.
 */
import { show, type Tensor } from '../graph/index.ts';
import {
  add,
  arange,
  checkPadding,
  embedding,
  ne,
  randn,
  sinusoidalPositions,
  slice,
  unsqueeze,
  where,
} from '../ops/index.ts';
import type { Buffer } from './buffer.ts';
import { Dropout, requireCount } from './layers.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

export interface EmbeddingOptions {
  /** An id whose row is 0 at first and takes no gradient. */
  paddingIdx?: number | null;
}

/** The rows of a table that int32 ids name. The table is drawn from N(0, 1) as in torch.nn.Embedding. */
export class Embedding extends Module {
  static override readonly name: string = 'Embedding';

  readonly weight: Parameter;
  readonly paddingIdx: number | null;

  constructor(numEmbeddings: number, embeddingDim: number, { paddingIdx = null }: EmbeddingOptions = {}) {
    super();
    requireCount('Embedding', 'numEmbeddings', numEmbeddings);
    requireCount('Embedding', 'embeddingDim', embeddingDim);
    const padding = checkPadding('Embedding', paddingIdx, numEmbeddings);
    const drawn = randn([numEmbeddings, embeddingDim]);
    this.weight = new Parameter(
      padding < 0 ? drawn : where(ne(unsqueeze(arange(numEmbeddings), 1), padding), drawn, 0),
    );
    this.paddingIdx = padding < 0 ? null : padding;
  }

  /**
   * A layer with the given table, [numEmbeddings, embeddingDim].
   *
   * @param options.freeze keep the table as it is (default true)
   */
  static fromPretrained(weight: Tensor, options: EmbeddingOptions & { freeze?: boolean } = {}): Embedding {
    if (weight.ndim !== 2) throw new Error(`Embedding: the table is ${show(weight.shape)}; it must have two axes.`);
    const layer = new Embedding(weight.shape[0]!, weight.shape[1]!, options);
    Object.assign(layer, { weight: new Parameter(weight, { requiresGrad: options.freeze === false }) });
    return layer;
  }

  override forward(ids: Tensor): Tensor {
    return embedding(ids, this.weight, { paddingIdx: this.paddingIdx });
  }
}

/**
 * x plus `sinusoidalPositions`, then dropout, of x [length, batch, features], or [batch, length, features] with
 * `batchFirst`. Nothing is trained and nothing is in the state dict.
 */
export class PositionalEncoding extends Module {
  static override readonly name: string = 'PositionalEncoding';

  declare readonly pe: Buffer;
  readonly dropout: Dropout;
  readonly batchFirst: boolean;

  constructor(
    features: number,
    {
      dropout = 0.1,
      maxLen = 5000,
      batchFirst = false,
    }: { dropout?: number; maxLen?: number; batchFirst?: boolean } = {},
  ) {
    super();
    requireCount('PositionalEncoding', 'features', features);
    requireCount('PositionalEncoding', 'maxLen', maxLen);
    this.registerBuffer('pe', sinusoidalPositions(maxLen, features), { persistent: false });
    this.dropout = new Dropout(dropout);
    this.batchFirst = batchFirst;
  }

  override forward(x: Tensor): Tensor {
    const [most, features] = this.pe.shape as [number, number];
    const length = x.shape[this.batchFirst ? 1 : 0]!;
    if (x.ndim !== 3 || x.shape[2] !== features || length > most)
      throw new Error(
        `PositionalEncoding: x is ${show(x.shape)}; it must be ${this.batchFirst ? '[batch, length, features]' : '[length, batch, features]'} with ${features} features and a length of up to ${most}.`,
      );
    const part = slice(this.pe, 0, 0, length);
    return this.dropout.forward(add(x, this.batchFirst ? part : unsqueeze(part, 1)));
  }
}
