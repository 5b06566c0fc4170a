/**
 * The run so far as snapshots, to look back at and to go on from: at growing intervals, within bounds of number and
 * memory. Knows no page and no model.
 */
import type { Snapshot } from './task.ts';

export interface Moment extends Snapshot {
  readonly epoch: number;
}

const MOST_MOMENTS = 64;
const MOST_BYTES = 128 * 2 ** 20;

export class History {
  #moments: Moment[] = [];
  /** Steps between two moments that are kept. */
  #interval = 1;

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** Keeps a moment if it is far enough from the one before; true where it did. */
  add(moment: Moment): boolean {
    const last = this.#moments.at(-1);
    if (last && moment.step - last.step < this.#interval) return false;
    this.#moments.push(moment);
    const most = Math.max(2, Math.min(MOST_MOMENTS, Math.floor(MOST_BYTES / sizeOf(moment))));
    if (this.#moments.length > most) this.#thin();
    return true;
  }

  /** Forgets what came after a step. */
  cut(step: number): void {
    this.#moments = this.#moments.filter((moment) => moment.step <= step);
  }

  /** Every second moment goes, never the first; from now on they come half as often. */
  #thin(): void {
    this.#moments = this.#moments.filter((_, index) => index % 2 === 0);
    const [first, last] = [this.#moments[0], this.#moments.at(-1)];
    if (first && last) this.#interval = Math.max(1, (last.step - first.step) / (this.#moments.length - 1));
  }
}

function sizeOf({ checkpoint }: Moment): number {
  return checkpoint?.length ?? 1;
}
