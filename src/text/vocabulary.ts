/**
 * A vocabulary: tokens and their ids, both ways. Ids are positions, the special tokens first. Knows neither how text is
 * cut into tokens nor any tensor.
 */

/** Roles of tokens that stand for no word. */
const SPECIALS: readonly string[] = ['[PAD]', '[UNK]'];

export interface VocabularyOptions {
  /** Stands for every token that is not in the vocabulary; null where there is none to be. Default `[UNK]`. */
  unknown?: string | null;
}

export interface BuildOptions extends VocabularyOptions {
  /** Their ids come first, in this order. Default `[PAD]` and `[UNK]`, so that padding is 0. */
  specials?: readonly string[];
  /** Tokens that occur less often are left out. Default 1. */
  minFrequency?: number;
  /** At most so many tokens, the special ones among them. Default: all. */
  maxSize?: number;
}

export interface VocabularyJson {
  readonly tokens: readonly string[];
  readonly unknown: string | null;
}

export class Vocabulary {
  /** By id. */
  readonly tokens: readonly string[];
  /** The id of what is not in the vocabulary; null where that is an error. */
  readonly unknownId: number | null;
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws Error where a token occurs twice, or the unknown one is not among them. */
  constructor(tokens: readonly string[], { unknown = '[UNK]' }: VocabularyOptions = {}) {
    this.tokens = [...tokens];
    this.#ids = new Map(this.tokens.map((token, id) => [token, id]));
    const twice = this.tokens.findIndex((token, id) => this.#ids.get(token) !== id);
    if (twice >= 0)
      throw new Error(
        `Vocabulary: token "${this.tokens[twice]}" has the ids ${twice} and ${this.#ids.get(this.tokens[twice]!)}. Give each token once.`,
      );
    const id = unknown === null ? null : this.#ids.get(unknown);
    if (id === undefined)
      throw new Error(
        `Vocabulary: the unknown token "${unknown}" is not among the ${tokens.length} tokens. Add it, or pass unknown: null.`,
      );
    this.unknownId = id;
  }

  /**
   * The tokens of a text, the most frequent first, and of equally frequent ones the first in the alphabet.
   *
   * @param texts a list of tokens each
   * @example const words = text.Vocabulary.build(sentences.map(text.words), { minFrequency: 2 });
   */
  static build(texts: Iterable<Iterable<string>>, options: BuildOptions = {}): Vocabulary {
    const { specials = SPECIALS, minFrequency = 1, maxSize = Infinity, ...rest } = options;
    if (!(maxSize > specials.length) || !(minFrequency >= 1))
      throw new Error(
        `Vocabulary: maxSize ${maxSize} must be above the ${specials.length} special tokens, and minFrequency ${minFrequency} at least 1.`,
      );
    const counts = new Map<string, number>();
    for (const tokens of texts) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const special of specials) counts.delete(special);
    const frequent = [...counts]
      .filter(([, count]) => count >= minFrequency)
      .sort(([a, timesA], [b, timesB]) => timesB - timesA || (a < b ? -1 : 1))
      .slice(0, maxSize - specials.length);
    return new Vocabulary([...specials, ...frequent.map(([token]) => token)], rest);
  }

  /** @throws Error unless `json` is what `toJSON` gives. */
  static fromJSON(json: VocabularyJson): Vocabulary {
    const { tokens, unknown } = json ?? {};
    const listed = Array.isArray(tokens) && tokens.every((token) => typeof token === 'string');
    if (!listed || (unknown !== null && typeof unknown !== 'string'))
      throw new Error(
        'Vocabulary: fromJSON needs { tokens, unknown }. Pass what JSON.stringify(vocabulary) gave, parsed.',
      );
    return new Vocabulary(tokens, { unknown });
  }

  toJSON(): VocabularyJson {
    const { tokens, unknownId } = this;
    return { tokens, unknown: unknownId === null ? null : tokens[unknownId]! };
  }

  get size(): number {
    return this.tokens.length;
  }

  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /** @throws Error for a token that is not in a vocabulary without an unknown one. */
  id(token: string): number {
    const id = this.#ids.get(token) ?? this.unknownId;
    if (id !== null) return id;
    throw new Error(
      `Vocabulary: "${token}" is not among the ${this.size} tokens, and none stands for the unknown. Build it with that text, or with an unknown token.`,
    );
  }

  /** @throws Error for a number that is no id. */
  token(id: number): string {
    const token = this.tokens[id];
    if (token !== undefined) return token;
    throw new Error(`Vocabulary: id ${id} is out of range. There are ${this.size} tokens, from 0 to ${this.size - 1}.`);
  }

  encode(tokens: Iterable<string>): Int32Array {
    return Int32Array.from(tokens, (token) => this.id(token));
  }

  decode(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.token(id));
  }
}
