/**
 * What makes states of a sentence's words, and one vector of these. Knows nothing of pairs or classes.
 */
import type { Tensor } from '../graph/index.ts';
import {
  Dropout,
  Embedding,
  GRU,
  LSTM,
  Module,
  RNN,
  TransformerEncoder,
  TransformerEncoderLayer,
} from '../nn/index.ts';
import {
  add,
  amax,
  arange,
  div,
  gt,
  logicalNot,
  maximum,
  mul,
  ne,
  permute,
  reshape,
  slice,
  sum,
  to,
  unsqueeze,
  where,
} from '../ops/index.ts';

/** Sentences as embedded words, and which of these there are. */
export interface Words {
  /** float32 [rows, length, features] */
  readonly x: Tensor;
  /** bool [rows, length]: false for padding. */
  readonly present: Tensor;
  /** int32 [rows] */
  readonly lengths: Tensor;
}

/** States of the words and, of recurrent encoders, where they ended. */
export interface States {
  /** [rows, length, size] */
  readonly each: Tensor;
  /** [rows, size] */
  readonly last: Tensor | null;
}

export interface SentenceEncoder extends Module<States, [Words]> {
  /** Features of a state. */
  readonly size: number;
}

export type CellName = 'rnn' | 'gru' | 'lstm';

export const CELLS: Readonly<{ rnn: typeof RNN; gru: typeof GRU; lstm: typeof LSTM }> = {
  rnn: RNN,
  gru: GRU,
  lstm: LSTM,
};

export interface RecurrentEncoderOptions {
  /** Of each direction. */
  hidden: number;
  layers?: number;
  bidirectional?: boolean;
  /** Between the layers. */
  dropout?: number;
}

/** Reads word after word; the states of both directions lie one behind the other. */
export class RecurrentEncoder extends Module<States, [Words]> implements SentenceEncoder {
  static override readonly name: string = 'RecurrentEncoder';

  readonly cell: RNN | GRU | LSTM;
  readonly size: number;

  constructor(kind: CellName, inputs: number, options: RecurrentEncoderOptions) {
    super();
    const { hidden, layers = 1, bidirectional = false, dropout = 0 } = options;
    this.cell = new CELLS[kind](inputs, hidden, { numLayers: layers, bidirectional, dropout, batchFirst: true });
    this.size = bidirectional ? 2 * hidden : hidden;
  }

  override forward({ x, lengths }: Words): States {
    const [each, state] = this.cell.forward(x, null, { lengths });
    const h = Array.isArray(state) ? state[0] : state;
    // Of the last layer, each direction: [directions, rows, hidden] -> [rows, size]
    const directions = this.cell.bidirectional ? 2 : 1;
    const top = slice(h, 0, h.shape[0]! - directions);
    return { each, last: reshape(permute(top, [1, 0, 2]), [x.shape[0]!, this.size]) };
  }
}

export interface TransformerEncoderOptions {
  heads: number;
  layers?: number;
  /** Width of the feed-forward part; four times the features unless said otherwise. */
  feedForward?: number;
  dropout?: number;
  /** Words of the longest sentence. */
  maxLength: number;
}

/** Words look at all words of their sentence, with learned positions. Normalised before each part: it starts gently. */
export class TransformerSentenceEncoder extends Module<States, [Words]> implements SentenceEncoder {
  static override readonly name: string = 'TransformerSentenceEncoder';

  readonly positions: Embedding;
  readonly dropout: Dropout;
  readonly encoder: TransformerEncoder;
  readonly size: number;
  private readonly maxLength: number;

  constructor(features: number, options: TransformerEncoderOptions) {
    super();
    const { heads, layers = 1, feedForward = 4 * features, dropout = 0, maxLength } = options;
    this.positions = new Embedding(maxLength, features);
    this.dropout = new Dropout(dropout);
    const layer = { dimFeedforward: feedForward, dropout, batchFirst: true, normFirst: true };
    this.encoder = new TransformerEncoder(() => new TransformerEncoderLayer(features, heads, layer), layers);
    this.size = features;
    this.maxLength = maxLength;
  }

  override forward({ x, present }: Words): States {
    const length = x.shape[1]!;
    if (length > this.maxLength)
      throw new Error(
        `TransformerSentenceEncoder: sentences have ${length} words, and there are positions for ${this.maxLength}. Cut them, or raise maxLength.`,
      );
    const placed = this.dropout.forward(add(x, this.positions.forward(arange(length))));
    return { each: this.encoder.forward(placed, { srcKeyPaddingMask: logicalNot(present) }), last: null };
  }
}

export type Pooling = 'last' | 'max' | 'mean';

/** Below every state and score, and finite. */
export const LOWEST = -3e38;

/** One vector of each sentence, [rows, size]: the last state, or the greatest or mean of each feature over its words. */
export function pool(states: States, { present, lengths }: Words, pooling: Pooling): Tensor {
  if (pooling === 'last' && states.last) return states.last;
  const there = unsqueeze(present, 2);
  // Of no word at all, where only the GPU knows of it, the vector is 0.
  if (pooling === 'max') return where(unsqueeze(gt(lengths, 0), 1), amax(where(there, states.each, LOWEST), 1), 0);
  const total = sum(mul(states.each, to(there, 'float32')), 1);
  return div(total, unsqueeze(to(maximum(lengths, 1), 'float32'), 1));
}

/** Which ids are words: 0 is padding. */
export function wordsIn(ids: Tensor, embed: (ids: Tensor) => Tensor): Words {
  const present = ne(ids, 0);
  return { x: embed(ids), present, lengths: sum(present, 1) };
}
