/**
 * What BERT is trained with: words that were masked, and classes of texts. Keys and dropout as Hugging Face's.
 */
import type { Tensor } from '../graph/index.ts';
import { Dropout, LayerNorm, Module, Parameter, type Linear } from '../nn/index.ts';
import { gelu, indexSelect, linear, reshape, slice, squeeze, zeros } from '../ops/index.ts';
import { bertLinear, type BertConfig, type BertOptions } from './bert-config.ts';
import { BertModel, type BertInputs } from './bert.ts';

/**
 * ids int32 [batch, length] -> logits [batch, classes], from the pooled state of the first token. Pairs may also come as
 * [batch, 2, length], the token types below the ids, as `text.joinPairs` gives them; these hold whatever else is given.
 */
export class BertForSequenceClassification extends Module<Tensor, [ids: Tensor, inputs?: BertInputs]> {
  static override readonly name: string = 'BertForSequenceClassification';

  readonly bert: BertModel;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(options: BertOptions & { classes?: number }) {
    super();
    const { classes = 2, ...sizes } = options;
    this.bert = new BertModel(sizes);
    const { hiddenSize, hiddenDropoutProb } = this.bert.config;
    this.dropout = new Dropout(hiddenDropoutProb);
    this.classifier = bertLinear(hiddenSize, classes);
  }

  override forward(ids: Tensor, inputs: BertInputs = {}): Tensor {
    const [tokens, types] = ids.ndim === 3 ? splitPairs(ids) : [ids, {}];
    const states = this.bert.forward(tokens, { ...inputs, ...types });
    return this.classifier.forward(this.dropout.forward(this.bert.pooler!.forward(states)));
  }

  /** Trains the classifier alone with `true`, on features that stay as they are; everything with `false`. */
  freeze(frozen = true): this {
    this.bert.requiresGrad_(!frozen);
    return this;
  }
}

/** [batch, 2, length] as ids and token types. */
export function splitPairs(pairs: Tensor): [ids: Tensor, inputs: BertInputs] {
  const part = (at: number): Tensor => squeeze(slice(pairs, 1, at, at + 1), 1);
  const tokenTypes = part(1);
  // What is known of the range of both together is that of the ids.
  tokenTypes.value.bounds = null;
  return [part(0), { tokenTypes }];
}

class BertPredictionHeadTransform extends Module {
  static override readonly name: string = 'BertPredictionHeadTransform';

  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;

  constructor(hiddenSize: number, eps: number) {
    super();
    this.dense = bertLinear(hiddenSize, hiddenSize);
    this.LayerNorm = new LayerNorm(hiddenSize, { eps });
  }

  override forward(x: Tensor): Tensor {
    return this.LayerNorm.forward(gelu(this.dense.forward(x)));
  }
}

/** Scores of all words. Its weight is the word embeddings, so that the state dict has only a bias of it. */
class BertPredictionHead extends Module<Tensor, [x: Tensor, embeddings: Tensor]> {
  static override readonly name: string = 'BertPredictionHead';

  readonly bias: Parameter;
  readonly transform: BertPredictionHeadTransform;

  constructor({ vocabSize, hiddenSize, layerNormEps }: BertConfig) {
    super();
    this.bias = new Parameter(zeros([vocabSize]));
    this.transform = new BertPredictionHeadTransform(hiddenSize, layerNormEps);
  }

  override forward(x: Tensor, embeddings: Tensor): Tensor {
    return linear(this.transform.forward(x), embeddings, this.bias);
  }
}

class BertOnlyMLMHead extends Module<Tensor, [x: Tensor, embeddings: Tensor]> {
  static override readonly name: string = 'BertOnlyMLMHead';

  readonly predictions: BertPredictionHead;

  constructor(config: BertConfig) {
    super();
    this.predictions = new BertPredictionHead(config);
  }

  override forward(x: Tensor, embeddings: Tensor): Tensor {
    return this.predictions.forward(x, embeddings);
  }
}

export interface MaskedInputs extends BertInputs {
  /** int32 [count]: of all tokens, row by row, only these are scored; row * length + place. */
  positions?: Tensor | null;
}

/** ids int32 [batch, length] -> logits of the vocabulary, [batch, length, words] or of the positions [count, words]. */
export class BertForMaskedLM extends Module<Tensor, [ids: Tensor, inputs?: MaskedInputs]> {
  static override readonly name: string = 'BertForMaskedLM';

  readonly bert: BertModel;
  readonly cls: BertOnlyMLMHead;

  constructor(options: BertOptions) {
    super();
    this.bert = new BertModel(options, { pooler: false });
    this.cls = new BertOnlyMLMHead(this.bert.config);
  }

  override forward(ids: Tensor, { positions = null, ...inputs }: MaskedInputs = {}): Tensor {
    const states = this.bert.forward(ids, inputs);
    const { word_embeddings } = this.bert.embeddings;
    if (!positions) return this.cls.forward(states, word_embeddings.weight);
    const rows = reshape(states, [ids.numel, this.bert.config.hiddenSize]);
    return this.cls.forward(indexSelect(rows, 0, positions), word_embeddings.weight);
  }
}
