/**
 * The layers of BERT: each token looks at those that are there, then goes through a feed-forward part by itself. Knows
 * neither words nor places.
 */
import type { Tensor } from '../graph/index.ts';
import { Dropout, LayerNorm, Module, ModuleList, type Linear } from '../nn/index.ts';
import {
  add,
  attend,
  attentionWeights,
  checkpoint,
  checkProbability,
  gelu,
  headsOf,
  nextKey,
  reshape,
  unsqueeze,
  type Attention,
  type Heads,
} from '../ops/index.ts';
import { bertLinear, type BertConfig } from './bert-config.ts';

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

export class BertEncoder extends Module<Tensor, [x: Tensor, present: Tensor]> {
  static override readonly name: string = 'BertEncoder';

  readonly layer: ModuleList<BertLayer>;
  private readonly checkpoints: boolean;

  constructor(config: BertConfig) {
    super();
    this.checkpoints = config.gradientCheckpointing;
    this.layer = new ModuleList(Array.from({ length: config.numHiddenLayers }, () => new BertLayer(config)));
  }

  override forward(x: Tensor, present: Tensor): Tensor {
    return [...this.layer].reduce((hidden, layer) => {
      const through = (h: Tensor): Tensor => layer.forward(h, present);
      return this.checkpoints ? checkpoint(through, hidden) : through(hidden);
    }, x);
  }
}
