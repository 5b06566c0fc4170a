/**
 * A small causal language model: from what was read, what comes next. Recurrent, with a state that goes along. Mikolov
 * et al. 2010; Graves 2013, arXiv:1308.0850.
 */
import { noGrad, show, type Tensor } from '../graph/index.ts';
import { Dropout, Embedding, Linear, Module, type GRU, type LSTM, type RNN } from '../nn/index.ts';
import { reshape, slice, tensor } from '../ops/index.ts';
import { sampleNext, type SampleOptions } from '../text/sampling.ts';
import { CELLS, type CellName } from './sentence-encoders.ts';

export interface LanguageModelOptions {
  /** How many ids there are. */
  vocabulary: number;
  cell?: CellName;
  /** Features of a token; default 64. */
  embedding?: number;
  /** Default 128. */
  hidden?: number;
  layers?: number;
  /** Of tokens, between layers, and before the output. */
  dropout?: number;
}

/** What a recurrent layer remembers. */
export type Memory = Tensor | [h: Tensor, c: Tensor];

/** ids int32 [batch, length] -> logits [batch, length, vocabulary] of what follows each. */
export class LanguageModel extends Module {
  static override readonly name: string = 'LanguageModel';

  readonly embedding: Embedding;
  readonly dropout: Dropout;
  readonly cell: RNN | GRU | LSTM;
  readonly output: Linear;

  constructor({
    vocabulary,
    cell = 'lstm',
    embedding = 64,
    hidden = 128,
    layers = 1,
    dropout = 0,
  }: LanguageModelOptions) {
    super();
    if (!(cell in CELLS)) throw new Error(`LanguageModel: unknown cell "${cell}". Use rnn, gru or lstm.`);
    this.embedding = new Embedding(vocabulary, embedding);
    this.dropout = new Dropout(dropout);
    this.cell = new CELLS[cell](embedding, hidden, { numLayers: layers, dropout, batchFirst: true });
    this.output = new Linear(hidden, vocabulary);
  }

  override forward(ids: Tensor): Tensor {
    return this.read(ids, null)[0];
  }

  /** Reads on from a memory, or from none. */
  read(ids: Tensor, memory: Memory | null): [logits: Tensor, memory: Memory] {
    if (ids.ndim !== 2 || ids.dtype !== 'int32')
      throw new Error(
        `LanguageModel: ids must be int32 [batch, length], got ${ids.dtype} ${show(ids.shape)}. Give one text a batch axis.`,
      );
    const x = this.dropout.forward(this.embedding.forward(ids));
    const [states, last] = this.cell.forward(x, memory as never);
    return [this.output.forward(this.dropout.forward(states)), last];
  }

  /**
   * Writes on from a beginning, id by id, as the model stands: each is drawn, given, and read. Stop when enough is
   * written. Dropout is off meanwhile.
   *
   * @example for await (const id of model.write(vocabulary.encode([...'ROMEO:']), { temperature: 0.8 })) show(id);
   * @throws Error for an empty beginning.
   */
  async *write(start: Int32Array, options: SampleOptions = {}): AsyncGenerator<number, void, undefined> {
    if (start.length === 0) throw new Error('LanguageModel: write needs at least one id to begin with.');
    let memory: Tensor[] = [];
    try {
      for (let ids = start; ;) {
        const before = memory;
        const next = this.quietly(() => {
          const [h, c] = before;
          const [logits, after] = this.read(tensor(ids, { shape: [1, ids.length] }), c ? [h!, c] : (h ?? null));
          memory = Array.isArray(after) ? after : [after];
          for (const part of memory) part.retain();
          const last = slice(logits, 1, ids.length - 1, ids.length);
          return sampleNext(reshape(last, [1, last.shape[2]!]), options);
        });
        ids = Int32Array.of(await next.item());
        for (const part of before) part.dispose();
        yield ids[0]!;
      }
    } finally {
      // A reader stops in the middle, which ends the generator at its `yield`.
      for (const part of memory) part.dispose();
    }
  }

  private quietly<T>(run: () => T): T {
    const { training } = this;
    this.eval();
    try {
      return noGrad(run);
    } finally {
      this.train(training);
    }
  }
}
