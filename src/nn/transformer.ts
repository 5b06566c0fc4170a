/**
 * Layers and stacks of transformers, with PyTorch's names, defaults and state-dict keys. Vaswani et al. 2017,
 * arXiv:1706.03762; `normFirst` after Xiong et al. 2020, arXiv:2002.04745.
 */
import type { Tensor } from '../graph/index.ts';
import { add, gelu, relu } from '../ops/index.ts';
import { MultiheadAttention, type MultiheadAttentionMasks } from './attention.ts';
import { ModuleList } from './containers.ts';
import { Dropout, Linear, requireCount } from './layers.ts';
import { Module, type Layer } from './module.ts';
import { LayerNorm } from './normalization.ts';

export interface TransformerLayerOptions {
  /** Width of the hidden layer of the feed-forward part (default 2048). */
  dimFeedforward?: number;
  /** Default 0.1. With 0 nothing is drawn, and a compiled step goes on drawing nothing. */
  dropout?: number;
  activation?: 'relu' | 'gelu' | ((x: Tensor) => Tensor);
  layerNormEps?: number;
  /** x is [batch, length, dModel] rather than [length, batch, dModel]. */
  batchFirst?: boolean;
  /** Normalise before each part rather than behind it. */
  normFirst?: boolean;
  bias?: boolean;
}

/** Masks as those of MultiheadAttention. */
export interface EncoderMasks {
  srcMask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  isCausal?: boolean;
}

/** Masks as those of MultiheadAttention. */
export interface DecoderMasks {
  tgtMask?: Tensor | null;
  memoryMask?: Tensor | null;
  tgtKeyPaddingMask?: Tensor | null;
  memoryKeyPaddingMask?: Tensor | null;
  tgtIsCausal?: boolean;
  memoryIsCausal?: boolean;
}

function activationOf(name: string, wanted: TransformerLayerOptions['activation'] = 'relu'): (x: Tensor) => Tensor {
  if (typeof wanted === 'function') return wanted;
  if (wanted === 'relu') return relu;
  if (wanted === 'gelu') return (x) => gelu(x);
  throw new Error(`${name}: activation must be 'relu', 'gelu' or a function, got ${String(wanted)}.`);
}

const norm = (dModel: number, { layerNormEps: eps = 1e-5, bias = true }: TransformerLayerOptions): LayerNorm =>
  new LayerNorm(dModel, { eps, bias });

/** What layers of encoders and decoders have in common: a sum with what each part makes of x, and its normalisation. */
abstract class TransformerLayer extends Module {
  readonly normFirst: boolean;
  private readonly activation: (x: Tensor) => Tensor;
  abstract readonly linear1: Linear;
  abstract readonly linear2: Linear;
  abstract readonly dropout: Dropout;

  constructor(name: string, dModel: number, options: TransformerLayerOptions) {
    super();
    requireCount(name, 'dModel', dModel);
    this.normFirst = options.normFirst ?? false;
    this.activation = activationOf(name, options.activation);
  }

  /** x + dropout(part(norm(x))), or norm(x + dropout(part(x))). */
  protected part(x: Tensor, norm: LayerNorm, dropout: Dropout, part: (x: Tensor) => Tensor): Tensor {
    if (this.normFirst) return add(x, dropped(dropout, part(norm.forward(x))));
    return norm.forward(add(x, dropped(dropout, part(x))));
  }

  protected feedForward(x: Tensor): Tensor {
    return this.linear2.forward(dropped(this.dropout, this.activation(this.linear1.forward(x))));
  }
}

/** As `TransformerLayerOptions.dropout` says. */
function dropped(dropout: Dropout, x: Tensor): Tensor {
  return dropout.p > 0 ? dropout.forward(x) : x;
}

function attended(attention: MultiheadAttention, x: Tensor, other: Tensor, masks: MultiheadAttentionMasks): Tensor {
  return attention.forward(x, other, other, { ...masks, needWeights: false })[0];
}

/** Self-attention and a feed-forward part. x: [length, batch, dModel], or [batch, length, dModel] with `batchFirst`. */
export class TransformerEncoderLayer extends TransformerLayer {
  static override readonly name: string = 'TransformerEncoderLayer';

  readonly self_attn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super('TransformerEncoderLayer', dModel, options);
    const { dimFeedforward = 2048, dropout = 0.1, batchFirst = false, bias = true } = options;
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = norm(dModel, options);
    this.norm2 = norm(dModel, options);
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
  }

  override forward(src: Tensor, masks: EncoderMasks = {}): Tensor {
    const { srcMask: attnMask = null, srcKeyPaddingMask: keyPaddingMask = null, isCausal = false } = masks;
    const x = this.part(src, this.norm1, this.dropout1, (input) =>
      attended(this.self_attn, input, input, { attnMask, keyPaddingMask, isCausal }),
    );
    return this.part(x, this.norm2, this.dropout2, (input) => this.feedForward(input));
  }
}

/** Self-attention, attention to the encoder's memory, and a feed-forward part. */
export class TransformerDecoderLayer extends TransformerLayer {
  static override readonly name: string = 'TransformerDecoderLayer';

  readonly self_attn: MultiheadAttention;
  readonly multihead_attn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly norm3: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  readonly dropout3: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super('TransformerDecoderLayer', dModel, options);
    const { dimFeedforward = 2048, dropout = 0.1, batchFirst = false, bias = true } = options;
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.multihead_attn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = norm(dModel, options);
    this.norm2 = norm(dModel, options);
    this.norm3 = norm(dModel, options);
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
  }

  override forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    const { tgtMask = null, memoryMask = null, tgtKeyPaddingMask = null, memoryKeyPaddingMask = null } = masks;
    const own = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: masks.tgtIsCausal ?? false };
    const other = {
      attnMask: memoryMask,
      keyPaddingMask: memoryKeyPaddingMask,
      isCausal: masks.memoryIsCausal ?? false,
    };
    let x = this.part(tgt, this.norm1, this.dropout1, (input) => attended(this.self_attn, input, input, own));
    x = this.part(x, this.norm2, this.dropout2, (input) => attended(this.multihead_attn, input, memory, other));
    return this.part(x, this.norm3, this.dropout3, (input) => this.feedForward(input));
  }
}

/**
 * Encoder layers one behind another, and a norm behind them.
 *
 * `makeLayer` is called for each, so that each starts with weights of its own; torch copies one layer.
 */
export class TransformerEncoder extends Module {
  static override readonly name: string = 'TransformerEncoder';

  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly norm: Layer | null;

  constructor(makeLayer: (index: number) => TransformerEncoderLayer, numLayers: number, norm: Layer | null = null) {
    super();
    requireCount('TransformerEncoder', 'numLayers', numLayers);
    this.layers = new ModuleList(Array.from({ length: numLayers }, (_, index) => makeLayer(index)));
    this.norm = norm;
  }

  override forward(src: Tensor, masks: EncoderMasks = {}): Tensor {
    const x = [...this.layers].reduce((input, layer) => layer.forward(input, masks), src);
    return this.norm ? this.norm.forward(x) : x;
  }
}

/** Decoder layers one behind another, and a norm behind them. `makeLayer` as in TransformerEncoder. */
export class TransformerDecoder extends Module {
  static override readonly name: string = 'TransformerDecoder';

  readonly layers: ModuleList<TransformerDecoderLayer>;
  readonly norm: Layer | null;

  constructor(makeLayer: (index: number) => TransformerDecoderLayer, numLayers: number, norm: Layer | null = null) {
    super();
    requireCount('TransformerDecoder', 'numLayers', numLayers);
    this.layers = new ModuleList(Array.from({ length: numLayers }, (_, index) => makeLayer(index)));
    this.norm = norm;
  }

  override forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    const x = [...this.layers].reduce((input, layer) => layer.forward(input, memory, masks), tgt);
    return this.norm ? this.norm.forward(x) : x;
  }
}
