/**
 * When to score a task and which of its parameters are worth keeping. Scores often, but within a share of the time, or
 * exactly at the end of each epoch. Knows nothing of playing and pausing.
 */
import { score, type Score, type Snapshot, type Task } from './task.ts';

export interface Scores {
  readonly train: Score;
  readonly test: Score;
  readonly milliseconds: number;
  /** What was scored. */
  readonly snapshot: Snapshot;
}

/**
 * When scoring often: at most this share of the time, and never rarer or more often than this. The first scores of a
 * task also compile; how long they took says nothing of the next.
 */
const OFTEN = { share: 0.25, leastMs: 150, mostMs: 2000, warmUp: 4 };
/** Parameters whose loss is this many times that of the untrained model are on their way to NaN: not worth keeping. */
const WORTHLESS = 10;

export class Scorer {
  readonly task: Task;
  readonly #pace: 'often' | 'epoch';
  readonly #take: () => Promise<Snapshot>;
  #good: Snapshot | null = null;
  #untrained: number | null = null;
  #count = 0;
  #lastStep = -1;
  #nextAt = 0;

  constructor(task: Task, pace: 'often' | 'epoch', take: () => Promise<Snapshot>) {
    this.task = task;
    this.#pace = pace;
    this.#take = take;
  }

  /** The last parameters that were worth keeping. */
  get good(): Snapshot | null {
    return this.#good;
  }

  /** The parameters are others than at the last score, whatever the step is called. */
  rewind(good: Snapshot): void {
    this.#lastStep = -1;
    this.#good = good;
  }

  isDue(step: number): boolean {
    return this.#pace === 'often' ? performance.now() >= this.#nextAt : step % this.task.stepsPerEpoch === 0;
  }

  /** Scores both sets as they are after `step`; null when that has been done already. */
  async score(step: number): Promise<Scores | null> {
    if (step === this.#lastStep) return null;
    this.#lastStep = step;
    const start = performance.now();
    const { model, trainScored, testScored, scoreBatch } = this.task;
    const [train, test, snapshot] = await Promise.all([
      score(model, trainScored, scoreBatch),
      score(model, testScored, scoreBatch),
      this.#take(),
    ]);
    const milliseconds = performance.now() - start;
    const wanted = ++this.#count > OFTEN.warmUp ? milliseconds / OFTEN.share : 0;
    this.#nextAt = performance.now() + Math.min(OFTEN.mostMs, Math.max(OFTEN.leastMs, wanted));
    this.#untrained ??= train.loss;
    const sound = Number.isFinite(train.loss) && Number.isFinite(test.loss);
    if (sound && train.loss <= WORTHLESS * this.#untrained) this.#good = snapshot;
    return { train, test, milliseconds, snapshot };
  }
}
