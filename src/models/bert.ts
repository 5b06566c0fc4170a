/**
 * BERT: Devlin et al. 2019, arXiv:1810.04805. The encoder with its embeddings and pooler; its state dict has Hugging
 * Face's keys, so that models published there load (`loadBert`). What is learnt with it stands in bert-heads.ts.
 */
import { show, type Tensor } from '../graph/index.ts';
import { Dropout, Embedding, LayerNorm, Linear, Module, ModuleList, Parameter } from '../nn/index.ts';
import {
  add,
  arange,
  attend,
  attentionWeights,
  checkProbability,
  gelu,
  headsOf,
  logicalNot,
  nextKey,
  randn,
  reshape,
  slice,
  tanh,
  unsqueeze,
  where,
  zeros,
  type Attention,
  type Heads,
} from '../ops/index.ts';

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

function bertEmbedding(count: number, features: number, padding: number | null = null): Embedding {
  const drawn = randn([count, features]).mul(SPREAD);
  const weight = padding === null ? drawn : where(unsqueeze(arange(count), 1).eq(padding), 0, drawn);
  return Object.assign(new Embedding(count, features, { paddingIdx: padding }), { weight: new Parameter(weight) });
}

export interface BertInputs {
  /** int32 [batch, length]: the sentence that each token belongs to; 0 unless given. */
  tokenTypes?: Tensor | null;
  /** bool [batch, length]: true for tokens that are looked at; all but padding unless given. */
  attentionMask?: Tensor | null;
}

/** Words, places and sentences, as one vector of each token. */
class BertEmbeddings extends Module<Tensor, [ids: Tensor, types: Tensor | null]> {
  static override readonly name: string = 'BertEmbeddings';

  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(config: BertConfig) {
    super();
    const { vocabSize, hiddenSize, maxPositionEmbeddings, typeVocabSize, padTokenId } = config;
    this.word_embeddings = bertEmbedding(vocabSize, hiddenSize, padTokenId);
    this.position_embeddings = bertEmbedding(maxPositionEmbeddings, hiddenSize);
    this.token_type_embeddings = bertEmbedding(typeVocabSize, hiddenSize);
    this.LayerNorm = new LayerNorm(hiddenSize, { eps: config.layerNormEps });
    this.dropout = new Dropout(config.hiddenDropoutProb);
  }

  override forward(ids: Tensor, types: Tensor | null): Tensor {
    const length = ids.shape[1]!;
    const most = this.position_embeddings.weight.shape[0]!;
    if (length > most)
      throw new Error(`BertModel: a text has ${length} tokens, and there are positions for ${most}. Cut it.`);
    const places = slice(this.position_embeddings.weight, 0, 0, length);
    const kinds = types ? this.token_type_embeddings.forward(types) : slice(this.token_type_embeddings.weight, 0, 0, 1);
    const sum = add(add(this.word_embeddings.forward(ids), kinds), places);
    return this.dropout.forward(this.LayerNorm.forward(sum));
  }
}

class BertSelfAttention extends Module<Tensor, [x: Tensor, present: Tensor]> {
  static override readonly name: string = 'BertSelfAttention';

  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  private readonly heads: number;
  private readonly dropout: number;

  constructor({ hiddenSize, numAttentionHeads, attentionProbsDropoutProb }: BertConfig) {
    super();
    if (hiddenSize % numAttentionHeads !== 0)
      throw new Error(
        `BertModel: hiddenSize ${hiddenSize} does not divide among ${numAttentionHeads} heads. Make it a multiple of numAttentionHeads.`,
      );
    this.query = bertLinear(hiddenSize, hiddenSize);
    this.key = bertLinear(hiddenSize, hiddenSize);
    this.value = bertLinear(hiddenSize, hiddenSize);
    this.heads = numAttentionHeads;
    this.dropout = checkProbability('BertModel', attentionProbsDropoutProb);
  }

  override forward(x: Tensor, present: Tensor): Tensor {
    return reshape(attend(this.parts(x, present), 'batch rows heads'), x.shape);
  }

  /** [batch, heads, length, length] */
  weights(x: Tensor, present: Tensor): Tensor {
    return attentionWeights({ ...this.parts(x, present), dropout: null });
  }

  private parts(x: Tensor, present: Tensor): Attention {
    const split = (layer: Linear): Heads => headsOf(layer.forward(x), this.heads);
    return {
      q: split(this.query),
      k: split(this.key),
      v: split(this.value),
      mask: { kind: 'attend', values: unsqueeze(unsqueeze(present, 1), 1) },
      causal: false,
      scale: 1 / Math.sqrt(x.shape[2]! / this.heads),
      dropout: this.training && this.dropout > 0 ? nextKey(() => [this.dropout]) : null,
    };
  }
}

/** What a part of a layer made, added to what it was made of, and normalised. */
class BertOutput extends Module {
  static override readonly name: string = 'BertOutput';

  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(inputs: number, { hiddenSize, hiddenDropoutProb, layerNormEps }: BertConfig) {
    super();
    this.dense = bertLinear(inputs, hiddenSize);
    this.LayerNorm = new LayerNorm(hiddenSize, { eps: layerNormEps });
    this.dropout = new Dropout(hiddenDropoutProb);
  }

  override forward(made: Tensor, x: Tensor): Tensor {
    return this.LayerNorm.forward(add(this.dropout.forward(this.dense.forward(made)), x));
  }
}

class BertAttention extends Module<Tensor, [x: Tensor, present: Tensor]> {
  static override readonly name: string = 'BertAttention';

  readonly self: BertSelfAttention;
  readonly output: BertOutput;

  constructor(config: BertConfig) {
    super();
    this.self = new BertSelfAttention(config);
    this.output = new BertOutput(config.hiddenSize, config);
  }

  override forward(x: Tensor, present: Tensor): Tensor {
    return this.output.forward(this.self.forward(x, present), x);
  }
}

/** A linear layer and GELU. */
class BertIntermediate extends Module {
  static override readonly name: string = 'BertIntermediate';

  readonly dense: Linear;

  constructor({ hiddenSize, intermediateSize }: BertConfig) {
    super();
    this.dense = bertLinear(hiddenSize, intermediateSize);
  }

  override forward(x: Tensor): Tensor {
    return gelu(this.dense.forward(x));
  }
}

class BertLayer extends Module<Tensor, [x: Tensor, present: Tensor]> {
  static override readonly name: string = 'BertLayer';

  readonly attention: BertAttention;
  readonly intermediate: BertIntermediate;
  readonly output: BertOutput;

  constructor(config: BertConfig) {
    super();
    this.attention = new BertAttention(config);
    this.intermediate = new BertIntermediate(config);
    this.output = new BertOutput(config.intermediateSize, config);
  }

  override forward(x: Tensor, present: Tensor): Tensor {
    const attended = this.attention.forward(x, present);
    return this.output.forward(this.intermediate.forward(attended), attended);
  }
}

class BertEncoder extends Module<Tensor, [x: Tensor, present: Tensor]> {
  static override readonly name: string = 'BertEncoder';

  readonly layer: ModuleList<BertLayer>;

  constructor(config: BertConfig) {
    super();
    this.layer = new ModuleList(Array.from({ length: config.numHiddenLayers }, () => new BertLayer(config)));
  }

  override forward(x: Tensor, present: Tensor): Tensor {
    return [...this.layer].reduce((hidden, layer) => layer.forward(hidden, present), x);
  }
}

class BertPooler extends Module {
  static override readonly name: string = 'BertPooler';

  readonly dense: Linear;

  constructor({ hiddenSize }: BertConfig) {
    super();
    this.dense = bertLinear(hiddenSize, hiddenSize);
  }

  /** Of the first token, [batch, hiddenSize]. */
  override forward(x: Tensor): Tensor {
    const first = reshape(slice(x, 1, 0, 1), [x.shape[0]!, x.shape[2]!]);
    return tanh(this.dense.forward(first));
  }
}

/** ids int32 [batch, length] -> the last layer's states, [batch, length, hiddenSize]. */
export class BertModel extends Module<Tensor, [ids: Tensor, inputs?: BertInputs]> {
  static override readonly name: string = 'BertModel';

  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  /** Not there for heads that do not use it. */
  declare readonly pooler?: BertPooler;
  readonly config: Readonly<BertConfig>;

  constructor(options: BertOptions, { pooler = true }: { pooler?: boolean } = {}) {
    super();
    this.config = bertConfig(options);
    this.embeddings = new BertEmbeddings(this.config);
    this.encoder = new BertEncoder(this.config);
    if (pooler) this.pooler = new BertPooler(this.config);
  }

  override forward(ids: Tensor, inputs: BertInputs = {}): Tensor {
    const { x, present } = this.embed(ids, inputs);
    return this.encoder.forward(x, present);
  }

  /** Which token looks at which, in each layer: [batch, heads, length, length]. */
  attentions(ids: Tensor, inputs: BertInputs = {}): Tensor[] {
    const { x, present } = this.embed(ids, inputs);
    let hidden = x;
    return [...this.encoder.layer].map((layer) => {
      const weights = layer.attention.self.weights(hidden, present);
      hidden = layer.forward(hidden, present);
      return weights;
    });
  }

  private embed(ids: Tensor, { tokenTypes = null, attentionMask }: BertInputs): { x: Tensor; present: Tensor } {
    for (const [name, x] of Object.entries({ ids, tokenTypes, attentionMask }))
      if (x && (x.ndim !== 2 || show(x.shape) !== show(ids.shape) || (x.dtype !== 'int32') !== (x === attentionMask)))
        throw new Error(
          `BertModel: ${name} is ${x.dtype} ${show(x.shape)}; it must be ${x === attentionMask ? 'bool' : 'int32'} [batch, length], as the ids.`,
        );
    const present = attentionMask ?? logicalNot(ids.eq(this.config.padTokenId));
    return { x: this.embeddings.forward(ids, tokenTypes), present };
  }
}
