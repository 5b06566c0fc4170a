/**
 * The curves of a run, bounded: when a column grows past its cap, neighbouring rows are averaged and each row stands
 * for twice as many steps. Knows no chart and no page.
 */
export type Row = readonly (number | null)[];

const CAP = 1000;

interface Bucket {
  step: number;
  sums: number[];
  counts: number[];
}

export class Curves {
  readonly names: readonly string[];
  #rows: Bucket[] = [];
  #width = 1;

  constructor(names: readonly string[]) {
    this.names = names;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Adds one value of one curve. Losses arrive after the scores of later steps, so a row may be added before others. */
  add(name: string, step: number, value: number): void {
    const column = this.names.indexOf(name);
    if (column < 0) throw new Error(`curves: no curve "${name}". The curves are ${this.names.join(', ')}.`);
    if (this.#rows.length >= CAP) this.#halve();
    const row = this.#rowOf(step);
    row.sums[column] = (row.sums[column] ?? 0) + value;
    row.counts[column] = (row.counts[column] ?? 0) + 1;
  }

  #rowOf(step: number): Bucket {
    const before = this.#rows.findLastIndex((row) => this.#slot(row.step) <= this.#slot(step));
    const found = this.#rows[before];
    if (found && this.#slot(found.step) === this.#slot(step)) return found;
    const row = { step, sums: this.names.map(() => 0), counts: this.names.map(() => 0) };
    this.#rows.splice(before + 1, 0, row);
    return row;
  }

  /** Columns for a chart: the steps, then each curve with null where it has no value. */
  columns(): [number[], ...(number | null)[][]] {
    const steps = this.#rows.map((row) => row.step);
    const curves = this.names.map((_, column) => this.#rows.map((row) => mean(row, column)));
    return [steps, ...curves];
  }

  /** The newest value of a curve. */
  last(name: string): number | null {
    const column = this.names.indexOf(name);
    const row = this.#rows.findLast((candidate) => (candidate.counts[column] ?? 0) > 0);
    return mean(row, column);
  }

  /**
   * At most `count` rows spread over the run, the newest among them: the table behind a chart. Where a curve has no
   * value of its own in a row it shows its last one.
   */
  sample(count: number): { step: number; values: Row }[] {
    const stride = Math.max(1, Math.ceil(this.#rows.length / count));
    let known: Row = this.names.map(() => null);
    const filled = this.#rows.map((row) => {
      known = known.map((last, column) => mean(row, column) ?? last);
      return { step: row.step, values: known };
    });
    return filled.filter((_, index) => (filled.length - 1 - index) % stride === 0);
  }

  /** What each curve has last shown up to a step. */
  at(step: number): Row {
    const last = (column: number): Bucket | undefined =>
      this.#rows.findLast((row) => row.step <= step && (row.counts[column] ?? 0) > 0);
    return this.names.map((_, column) => mean(last(column), column));
  }

  /** Forgets what came after a step. */
  cut(step: number): void {
    this.#rows = this.#rows.filter((row) => row.step <= step);
  }

  /** From a step on, makes one curve's values those of another and empties the rest: they are of a run that was left. */
  leave(step: number, from: string, to: string): void {
    const [source, target] = [this.names.indexOf(from), this.names.indexOf(to)];
    for (const row of this.#rows) {
      if (row.step <= step) continue;
      const [sum = 0, count = 0] = [row.sums[source], row.counts[source]];
      row.sums = this.names.map((_, column) => (column === target ? sum : 0));
      row.counts = this.names.map((_, column) => (column === target ? count : 0));
    }
  }

  #slot(step: number): number {
    return Math.floor(step / this.#width);
  }

  #halve(): void {
    this.#width *= 2;
    const merged: Bucket[] = [];
    for (const row of this.#rows) {
      const last = merged.at(-1);
      if (last && this.#slot(last.step) === this.#slot(row.step)) {
        row.sums.forEach((sum, column) => (last.sums[column] = (last.sums[column] ?? 0) + sum));
        row.counts.forEach((count, column) => (last.counts[column] = (last.counts[column] ?? 0) + count));
      } else merged.push(row);
    }
    this.#rows = merged;
  }
}

function mean(row: Bucket | undefined, column: number): number | null {
  const count = row?.counts[column] ?? 0;
  return count > 0 ? (row?.sums[column] ?? 0) / count : null;
}
