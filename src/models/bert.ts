/**
 * BERT: Devlin et al. 2019, arXiv:1810.04805. The encoder with its embeddings and pooler; its state dict has Hugging
 * Face's keys, so that models published there load (`loadBert`). What is learnt with it stands in bert-heads.ts.
 */
import { show, type Tensor } from '../graph/index.ts';
import { Dropout, LayerNorm, Module, type Embedding, type Linear } from '../nn/index.ts';
import { add, logicalNot, reshape, slice, tanh } from '../ops/index.ts';
import { bertConfig, bertEmbedding, bertLinear, type BertConfig, type BertOptions } from './bert-config.ts';
import { BertEncoder } from './bert-layers.ts';

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
      if (
        x &&
        (x.ndim !== 2 || show(x.shape) !== show(ids.shape) || x.dtype !== (x === attentionMask ? 'bool' : 'int32'))
      )
        throw new Error(
          `BertModel: ${name} is ${x.dtype} ${show(x.shape)}; it must be ${x === attentionMask ? 'bool' : 'int32'} [batch, length], as the ids. ` +
            (x === attentionMask
              ? 'Of numbers that are 0 for padding, pass mask.ne(0).'
              : 'Use text.joinPairs() or reshape().'),
        );
    const present = attentionMask ?? logicalNot(ids.eq(this.config.padTokenId));
    return { x: this.embeddings.forward(ids, tokenTypes), present };
  }
}
