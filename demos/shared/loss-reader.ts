/**
 * Reads the losses of a run in handfuls, behind the training: a step never waits for its own loss, yet no loss is
 * skipped, so that the first one that is no number is known by its step. Knows no model and no page.
 */
import type { Tensor } from '../../src/index.ts';

type OnRead = (firstStep: number, values: readonly number[]) => void;

/** A handful is of so many steps at most, and of fewer, but one, where these would take longer than this. */
const HANDFUL = { steps: 16, milliseconds: 60 };
/** Handfuls that may be under way when another is asked for, before a step waits: training runs no further ahead. */
const UNDER_WAY = 2;

export class LossReader {
  #held: { step: number; loss: Tensor }[] = [];
  #lastRead = performance.now();
  #lastCame = 0;
  #handful = 1;
  #reads: Promise<void>[] = [];
  #onRead: OnRead = () => {};
  #bad: { step: number; value: number } | null = null;

  /** The first step whose loss was no finite number. */
  get bad(): { readonly step: number; readonly value: number } | null {
    return this.#bad;
  }

  markBad(step: number, value: number): void {
    this.#bad ??= { step, value };
  }

  async add(step: number, loss: Tensor, onRead: OnRead): Promise<void> {
    this.#held.push({ step, loss });
    this.#onRead = onRead;
    if (this.#held.length < this.#handful && performance.now() - this.#lastRead < HANDFUL.milliseconds) return;
    this.#read();
    if (this.#reads.length > UNDER_WAY) await this.#reads[0];
  }

  /** Resolves when every loss given so far is read. */
  async drain(): Promise<void> {
    this.#read();
    await Promise.all(this.#reads);
  }

  #read(): void {
    const held = this.#held;
    const first = held[0];
    if (!first) return;
    this.#held = [];
    const asked = performance.now();
    this.#lastRead = asked;
    const read = Promise.all(held.map(({ loss }) => loss.item())).then((values) => {
      this.#reads = this.#reads.filter((other) => other !== read);
      this.#pace(held.length, asked);
      const wrong = values.findIndex((value) => !Number.isFinite(value));
      const sound = wrong < 0 ? values : values.slice(0, wrong);
      if (wrong >= 0 && !this.#bad) this.markBad(first.step + wrong, values[wrong] ?? Number.NaN);
      else if (this.#bad) return;
      if (sound.length > 0) this.#onRead(first.step, sound);
    });
    // Who waits for it is told; where nobody does, a lost device is told by what is done next.
    read.catch(() => undefined);
    this.#reads.push(read);
  }

  /** Sets the handful's size by the time of the one that came, from when the one before it had; by half or twice at most. */
  #pace(steps: number, asked: number): void {
    const now = performance.now();
    const fitting = Math.floor((HANDFUL.milliseconds * steps) / (now - Math.max(asked, this.#lastCame)));
    this.#lastCame = now;
    this.#handful = Math.max(1, this.#handful >> 1, Math.min(HANDFUL.steps, 2 * this.#handful, fitting));
  }
}
