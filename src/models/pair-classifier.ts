/**
 * Classifiers of sentence pairs: one encoder for both sentences, and a head that sees their vectors u and v, how far
 * these lie apart, |u - v|, and where they agree, u * v. Mou et al. 2016, arXiv:1512.08422; Conneau et al. 2017,
 * arXiv:1705.02364.
 */
import { show, type Tensor } from '../graph/index.ts';
import { Dropout, Embedding, Linear, Module } from '../nn/index.ts';
import {
  abs,
  concat,
  flip,
  logicalNot,
  matmul,
  mul,
  relu,
  reshape,
  slice,
  softmax,
  sub,
  transpose,
  unsqueeze,
  where,
} from '../ops/index.ts';
import {
  CELLS,
  LOWEST,
  pool,
  RecurrentEncoder,
  TransformerSentenceEncoder,
  wordsIn,
  type CellName,
  type Pooling,
  type SentenceEncoder,
  type States,
  type Words,
} from './sentence-encoders.ts';

export interface PairClassifierOptions {
  /** How many ids there are; 0 is padding. */
  vocabulary: number;
  encoder?: CellName | 'transformer';
  classes?: number;
  /** Features of a word; default 64. */
  embedding?: number;
  /** Of each direction of a recurrent encoder, and of the head; default 64. */
  hidden?: number;
  layers?: number;
  bidirectional?: boolean;
  /** The words of each sentence look for their like in the other. */
  attention?: boolean;
  /** What stands for a sentence. Default: 'max' with attention, 'last' of a recurrent encoder, else 'mean'. */
  pooling?: Pooling;
  /** Of words, between layers, and in the head. */
  dropout?: number;
  /** Of a transformer. */
  heads?: number;
  /** Words of the longest sentence, for a transformer; default 64. */
  maxLength?: number;
}

/** pairs int32 [batch, 2, length], padded with 0 -> logits [batch, classes]. Each sentence needs at least one word. */
export class PairClassifier extends Module {
  static override readonly name: string = 'PairClassifier';

  readonly embedding: Embedding;
  readonly dropout: Dropout;
  readonly encoder: SentenceEncoder;
  readonly cross: CrossAttention | null;
  readonly hidden: Linear;
  readonly output: Linear;
  private readonly pooling: Pooling;

  /** @throws Error for an unknown encoder, sizes that are none, or pooling `last` where there is no last state. */
  constructor(options: PairClassifierOptions) {
    super();
    const { vocabulary, classes = 2, embedding = 64, hidden = 64, dropout = 0, attention = false } = options;
    this.embedding = new Embedding(vocabulary, embedding, { paddingIdx: 0 });
    this.dropout = new Dropout(dropout);
    this.encoder = encoderOf(options, embedding, hidden, dropout);
    this.cross = attention ? new CrossAttention(this.encoder.size, hidden) : null;
    const recurrent = this.encoder instanceof RecurrentEncoder && !attention;
    this.pooling = options.pooling ?? (recurrent ? 'last' : attention ? 'max' : 'mean');
    if (this.pooling === 'last' && !recurrent)
      throw new Error(
        `PairClassifier: pooling "last" needs a recurrent encoder without attention. Use "max" or "mean".`,
      );
    this.hidden = new Linear(4 * (this.cross?.size ?? this.encoder.size), hidden);
    this.output = new Linear(hidden, classes);
  }

  override forward(pairs: Tensor): Tensor {
    const { words, states } = this.read(pairs);
    const compared = this.cross ? { each: this.cross.forward(states, words), last: null } : states;
    const [u, v] = bothOf(pool(compared, words, this.pooling));
    const features = concat([u, v, abs(sub(u, v)), mul(u, v)], 1);
    const hidden = relu(this.hidden.forward(this.dropout.forward(features)));
    return this.output.forward(this.dropout.forward(hidden));
  }

  /** How much each word of the first sentence looks at each of the second, and the other way: [batch, 2, length, length]. */
  attention(pairs: Tensor): Tensor {
    if (!this.cross)
      throw new Error('PairClassifier: this one has no attention between the sentences. Make it with attention: true.');
    const { words, states } = this.read(pairs);
    const [rows, length] = words.present.shape as [number, number];
    return reshape(this.cross.weights(states, words), [rows / 2, 2, length, length]);
  }

  /** Both sentences of each pair, one behind the other: 2 * batch rows. */
  private read(pairs: Tensor): { words: Words; states: States } {
    const [batch, two, length] = pairs.shape;
    if (pairs.ndim !== 3 || two !== 2 || pairs.dtype !== 'int32')
      throw new Error(
        `PairClassifier: pairs must be int32 [batch, 2, length], got ${pairs.dtype} ${show(pairs.shape)}. Use text.padPairs.`,
      );
    const words = wordsIn(reshape(pairs, [2 * batch!, length!]), (ids) =>
      this.dropout.forward(this.embedding.forward(ids)),
    );
    return { words, states: this.encoder.forward(words) };
  }
}

function encoderOf(
  { encoder = 'lstm', layers = 1, bidirectional = false, heads = 4, maxLength = 64 }: PairClassifierOptions,
  embedding: number,
  hidden: number,
  dropout: number,
): SentenceEncoder {
  if (encoder === 'transformer')
    return new TransformerSentenceEncoder(embedding, { heads, layers, dropout, maxLength });
  if (!(encoder in CELLS))
    throw new Error(`PairClassifier: unknown encoder "${encoder}". Use rnn, gru, lstm or transformer.`);
  return new RecurrentEncoder(encoder, embedding, { hidden, layers, bidirectional, dropout });
}

/** Rows of first and second sentences, [2 * batch, size] -> twice [batch, size]. */
function bothOf(x: Tensor): [u: Tensor, v: Tensor] {
  const [rows, size] = x.shape as [number, number];
  const both = reshape(x, [rows / 2, 2, size]);
  const one = (at: number): Tensor => reshape(slice(both, 1, at, at + 1), [rows / 2, size]);
  return [one(0), one(1)];
}

/** Rows of first and second sentences in each other's place. */
function swapped(x: Tensor): Tensor {
  const [rows, ...rest] = x.shape as [number, ...number[]];
  return reshape(flip(reshape(x, [rows / 2, 2, ...rest]), 1), x.shape);
}

/**
 * Beside each word stands what it finds in the other sentence, a mean of the words there by how well they agree; a layer
 * compares the two. Parikh et al. 2016, arXiv:1606.01933; Chen et al. 2017, arXiv:1609.06038.
 */
class CrossAttention extends Module<Tensor, [States, Words]> {
  static override readonly name: string = 'CrossAttention';

  readonly compare: Linear;
  readonly size: number;

  constructor(features: number, size: number) {
    super();
    this.compare = new Linear(4 * features, size);
    this.size = size;
  }

  /** [rows, length, size] */
  override forward(states: States, words: Words): Tensor {
    const own = states.each;
    const other = matmul(this.weights(states, words), swapped(own));
    return relu(this.compare.forward(concat([own, other, abs(sub(own, other)), mul(own, other)], 2)));
  }

  /** [rows, length, length of the other] */
  weights({ each }: States, { present }: Words): Tensor {
    const scores = mul(matmul(each, transpose(swapped(each))), 1 / Math.sqrt(this.compare.weight.shape[1]! / 4));
    const missing = unsqueeze(logicalNot(swapped(present)), 1);
    return softmax(where(missing, LOWEST, scores), -1);
  }
}
