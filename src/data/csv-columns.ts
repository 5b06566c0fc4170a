/**
 * Columns of a table: what kind each is, found in one walk through the cells, and its values, taken in a second.
 *
 * Two walks are quicker than keeping millions of cells as strings.
 */
export type ColumnKind = 'number' | 'category' | 'text';

/** A column; a missing cell is NaN, index -1, or ''. */
export type CsvColumn =
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array }
  | {
      readonly name: string;
      readonly kind: 'category';
      readonly values: Int32Array;
      readonly categories: readonly string[];
    }
  | { readonly name: string; readonly kind: 'text'; readonly values: readonly string[] };

/** How cells are read. */
export interface Reading {
  readonly parse: (cell: string) => number;
  readonly missing: ReadonlySet<string>;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Gives NaN for what is no decimal number; JavaScript would take "", "0x10" and "Infinity". */
export function numberParser(decimal: '.' | ','): (cell: string) => number {
  return (cell) => {
    const text = decimal === ',' ? cell.replace(',', '.') : cell;
    return NUMBER.test(text) ? Number(text) : NaN;
  };
}

/** A column of words is of categories if it has at most this many, and on average twice each, or only a few at all. */
const MOST_CATEGORIES = 1000;
const FEW = 10;

/** What is known of a column before its values are taken. */
export class Survey {
  readonly name: string;
  private readonly reading: Reading;
  private rows = 0;
  private present = 0;
  private numbers = 0;
  private word: { text: string; line: number } | null = null;
  private readonly words = new Set<string>();
  private readonly amounts = new Set<number>();

  constructor(name: string, reading: Reading) {
    this.name = name;
    this.reading = reading;
  }

  see(cell: string, line: number): void {
    this.rows++;
    if (this.reading.missing.has(cell)) return;
    this.present++;
    if (this.words.size <= MOST_CATEGORIES) this.words.add(cell);
    const value = this.reading.parse(cell);
    if (Number.isNaN(value)) this.word ??= { text: cell, line };
    else {
      this.numbers++;
      if (this.amounts.size <= FEW) this.amounts.add(value);
    }
  }

  /** @throws Error for a word where numbers were asked for, or among many numbers of many values: likely a slip. */
  kind(asked?: ColumnKind): ColumnKind {
    const { name, word } = this;
    const slip = this.numbers >= 0.8 * this.present && this.amounts.size > FEW;
    if (word && (asked === 'number' || (asked === undefined && slip)))
      throw new Error(
        `parseCsv: line ${word.line}, column "${name}": ${JSON.stringify(word.text.slice(0, 40))} is no number. ` +
          `Correct it, list it in missing, or pass kinds: { ${JSON.stringify(name)}: 'category' }.`,
      );
    if (asked) return asked;
    if (!word) return 'number';
    const { size } = this.words;
    return size <= FEW || (size <= MOST_CATEGORIES && size <= this.rows / 2) ? 'category' : 'text';
  }
}

/** Takes the values of a column, row by row. */
export interface Filler {
  take(cell: string, row: number): void;
  column(): CsvColumn;
}

export function filler(name: string, kind: ColumnKind, length: number, { parse, missing }: Reading): Filler {
  if (kind === 'number') {
    const values = new Float64Array(length);
    return {
      take: (cell, row) => {
        values[row] = missing.has(cell) ? NaN : parse(cell);
      },
      column: () => ({ name, kind, values }),
    };
  }
  if (kind === 'text') {
    const values: string[] = [];
    return {
      take: (cell) => {
        values.push(missing.has(cell) ? '' : cell);
      },
      column: () => ({ name, kind, values }),
    };
  }
  const codes = new Map<string, number>();
  const values = new Int32Array(length);
  return {
    take(cell, row) {
      let code = missing.has(cell) ? -1 : codes.get(cell);
      if (code === undefined) codes.set(cell, (code = codes.size));
      values[row] = code;
    },
    column() {
      const categories = [...codes.keys()].sort();
      const places = new Int32Array(codes.size);
      categories.forEach((category, place) => {
        places[codes.get(category)!] = place;
      });
      return { name, kind, values: values.map((code) => (code < 0 ? -1 : places[code]!)), categories };
    },
  };
}
