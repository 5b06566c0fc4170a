/**
 * A training session: plays, pauses, steps and resets one task at a time, reads losses without stalling the GPU, scores
 * on the way, and stops at a loss that is no number with the last good parameters restored. It knows no page: the labs
 * and the terminal run drive the same class.
 */
import { LossReader } from './loss-reader.ts';
import { Meter, nextFrame, yieldToPage } from './pacing.ts';
import { score, takeSnapshot, type Score, type Snapshot, type Task } from './task.ts';
import { Trainer, type StepCost } from './trainer.ts';

export type RunState = 'loading' | 'paused' | 'playing' | 'finished' | 'diverged';

export interface Progress {
  readonly step: number;
  /** Epochs done, with the fraction of the current one. */
  readonly epoch: number;
  readonly loss: number | null;
  readonly train: Score | null;
  readonly test: Score | null;
  readonly examplesPerSecond: number;
  readonly stepsPerSecond: number;
  readonly cost: StepCost | null;
}

export interface Divergence {
  readonly step: number;
  readonly value: number;
  /** The step whose parameters are back. */
  readonly keptStep: number;
}

export type SessionEvent =
  | { readonly type: 'reset'; readonly task: Task }
  | { readonly type: 'state'; readonly state: RunState }
  | { readonly type: 'losses'; readonly firstStep: number; readonly values: readonly number[] }
  | { readonly type: 'scores'; readonly step: number; readonly train: Score; readonly test: Score }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'diverged'; readonly divergence: Divergence }
  | { readonly type: 'error'; readonly error: Error };

export interface SessionOptions {
  /** Stop after this many epochs; playing on adds as many again. */
  readonly epochs: number;
  /** Score whenever this share of the time allows it, or exactly at the end of each epoch. */
  readonly scoring: 'often' | 'epoch';
  /** Steps between two frames; Infinity trains as fast as the GPU goes. */
  readonly stepsPerFrame: number;
}

/**
 * When scoring often: at most this share of the time, and never rarer or more often than this. The first scores of a
 * task also compile; how long they took says nothing of the next.
 */
const SCORING = { share: 0.25, leastMs: 150, mostMs: 2000, warmUp: 4 };
const SLICE_MS = 10;

const NOTHING_YET: Progress = {
  step: 0,
  epoch: 0,
  loss: null,
  train: null,
  test: null,
  examplesPerSecond: 0,
  stepsPerSecond: 0,
  cost: null,
};

export class Session {
  #listeners = new Set<(event: SessionEvent) => void>();
  #options: SessionOptions = { epochs: 1, scoring: 'often', stepsPerFrame: Number.POSITIVE_INFINITY };
  #state: RunState = 'loading';
  #trainer: Trainer | null = null;
  #reader = new LossReader();
  #meter = new Meter();
  #progress = NOTHING_YET;
  #stopAt = 0;
  #good: Snapshot | null = null;
  #nextScore = 0;
  #scores = 0;
  #wantsToPlay = false;
  #queue: Promise<void> = Promise.resolve();
  #resets = 0;

  get state(): RunState {
    return this.#state;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Returns what ends the subscription. */
  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops the task in hand and makes a new one at step 0. A later reset overtakes one that has not begun. */
  reset(makeTask: () => Promise<Task>, options: SessionOptions): Promise<void> {
    const mine = ++this.#resets;
    this.#wantsToPlay = false;
    return this.#enqueue(async () => {
      if (mine !== this.#resets) return;
      this.#setState('loading');
      const task = await makeTask();
      if (mine !== this.#resets) return;
      await this.#score(this.#begin(task, options));
      this.#setState('paused');
    });
  }

  /** Trains until paused, finished or diverged. */
  play(): Promise<void> {
    this.#wantsToPlay = true;
    // A pause that the loop has not noticed yet is simply taken back.
    if (this.#state === 'playing') return this.#queue;
    return this.#enqueue(async () => {
      const trainer = this.#trainer;
      if (!trainer || !this.#wantsToPlay) return;
      if (this.#progress.step >= this.#stopAt) this.#stopAt += this.#options.epochs * trainer.task.stepsPerEpoch;
      this.#meter = new Meter();
      this.#setState('playing');
      await this.#run(trainer);
    });
  }

  pause(): Promise<void> {
    this.#wantsToPlay = false;
    return this.#queue;
  }

  /** One step, scored. Pauses first when playing. */
  step(): Promise<void> {
    this.#wantsToPlay = false;
    return this.#enqueue(async () => {
      const trainer = this.#trainer;
      if (!trainer) return;
      await this.#advance(trainer);
      await this.#settle(trainer);
      if (this.#state !== 'diverged') this.#setState('paused');
    });
  }

  /** Acts on the next step. */
  set learningRate(lr: number) {
    if (this.#trainer) this.#trainer.learningRate = lr;
  }

  set stepsPerFrame(stepsPerFrame: number) {
    this.#options = { ...this.#options, stepsPerFrame };
  }

  #begin(task: Task, options: SessionOptions): Trainer {
    const trainer = new Trainer(task);
    this.#trainer = trainer;
    this.#options = options;
    this.#stopAt = options.epochs * task.stepsPerEpoch;
    this.#good = null;
    this.#scores = 0;
    this.#reader = new LossReader();
    this.#progress = NOTHING_YET;
    this.#emit({ type: 'reset', task });
    return trainer;
  }

  async #run(trainer: Trainer): Promise<void> {
    do {
      await this.#stepOn(trainer);
      await this.#settle(trainer);
      // Played again while the last losses were coming in: no pause after all.
    } while (this.#goesOn() && this.#state === 'playing');
    if (this.#state === 'playing') this.#setState(this.#progress.step >= this.#stopAt ? 'finished' : 'paused');
  }

  #goesOn(): boolean {
    return this.#wantsToPlay && this.#progress.step < this.#stopAt && !this.#reader.bad;
  }

  async #stepOn(trainer: Trainer): Promise<void> {
    let sliceEnd = performance.now() + SLICE_MS;
    let frameSteps = 0;
    while (this.#goesOn()) {
      await this.#advance(trainer);
      if (this.#scoreIsDue(trainer.task)) await this.#score(trainer);
      this.#report(false);
      if (++frameSteps >= this.#options.stepsPerFrame) {
        frameSteps = 0;
        this.#meter.idle(await nextFrame());
      } else if (performance.now() > sliceEnd) {
        await yieldToPage();
        sliceEnd = performance.now() + SLICE_MS;
      }
    }
  }

  async #advance(trainer: Trainer): Promise<void> {
    const { loss, examples, cost } = await trainer.step();
    const step = this.#progress.step + 1;
    this.#progress = { ...this.#progress, step, epoch: step / trainer.task.stepsPerEpoch, cost };
    this.#meter.tick(examples);
    await this.#reader.add(step, loss, (firstStep, values) => {
      this.#progress = { ...this.#progress, loss: values.at(-1) ?? null };
      this.#emit({ type: 'losses', firstStep, values });
    });
  }

  #scoreIsDue({ stepsPerEpoch }: Task): boolean {
    if (this.#options.scoring === 'often') return performance.now() >= this.#nextScore;
    return this.#progress.step % stepsPerEpoch === 0;
  }

  /** Scores both sets, and keeps the parameters if they are sound. */
  async #score({ task }: Trainer): Promise<void> {
    const { step } = this.#progress;
    if (this.#good?.step === step) return;
    const start = performance.now();
    const [train, test, snapshot] = await Promise.all([
      score(task.model, task.trainScored),
      score(task.model, task.testScored),
      takeSnapshot(task.model, step),
    ]);
    const took = performance.now() - start;
    this.#meter.idle(took);
    const warm = ++this.#scores > SCORING.warmUp;
    const wait = warm ? Math.min(SCORING.mostMs, Math.max(SCORING.leastMs, took / SCORING.share)) : SCORING.leastMs;
    this.#nextScore = performance.now() + wait;
    if (!Number.isFinite(test.loss) || !Number.isFinite(train.loss)) {
      this.#reader.markBad(step, Number.isFinite(train.loss) ? test.loss : train.loss);
      return;
    }
    this.#good = snapshot;
    this.#progress = { ...this.#progress, train, test };
    this.#emit({ type: 'scores', step, train, test });
  }

  /** Waits for what is in flight, then scores, or undoes a divergence. */
  async #settle(trainer: Trainer): Promise<void> {
    await this.#reader.drain();
    if (!this.#reader.bad) await this.#score(trainer);
    if (this.#reader.bad) this.#giveUp(trainer, this.#reader.bad);
    this.#report(true);
  }

  #giveUp(trainer: Trainer, bad: { step: number; value: number }): void {
    if (this.#good) trainer.restore(this.#good);
    this.#reader = new LossReader();
    this.#wantsToPlay = false;
    this.#emit({ type: 'diverged', divergence: { ...bad, keptStep: this.#good?.step ?? 0 } });
    this.#setState('diverged');
  }

  #report(now: boolean): void {
    const rate = this.#meter.rate(now);
    if (!rate) return;
    this.#progress = { ...this.#progress, ...rate };
    this.#emit({ type: 'progress', progress: this.#progress });
  }

  /** Commands run one after the other; a failure is told to the listeners and leaves the session usable. */
  #enqueue(command: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(command).catch((error: unknown) => {
      this.#wantsToPlay = false;
      this.#emit({ type: 'error', error: error instanceof Error ? error : new Error(String(error)) });
      this.#setState('paused');
    });
    return this.#queue;
  }

  #setState(state: RunState): void {
    this.#state = state;
    this.#emit({ type: 'state', state });
  }

  #emit(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
