/**
 * A training session: plays, pauses, steps and resets one task at a time, reads losses without stalling the GPU, scores
 * on the way, and stops at a loss that is no number with the last good parameters restored. It knows no page: the labs
 * and the terminal run drive the same class.
 */
import type { Moment } from './history.ts';
import { LayerWatch } from './layer-watch.ts';
import { LossReader } from './loss-reader.ts';
import { Meter, nextFrame, yieldToPage } from './pacing.ts';
import { Scorer } from './scorer.ts';
import { NOTHING_YET, type Progress, type RunState, type SessionEvent, type SessionOptions } from './session-events.ts';
import { scoreInParts, snapshotOf, type Optimizer, type Task } from './task.ts';
import { Trainer } from './trainer.ts';

const SLICE_MS = 10;
/** Epochs are counted in fractions, which do not add up exactly. */
const ROUNDING = 1e-6;

export class Session {
  #listeners = new Set<(event: SessionEvent) => void>();
  #options: SessionOptions = { epochs: 1, scoring: 'often', stepsPerFrame: Number.POSITIVE_INFINITY };
  #state: RunState = 'loading';
  #trainer: Trainer | null = null;
  #scorer: Scorer | null = null;
  #reader = new LossReader();
  #meter = new Meter();
  #watch = new LayerWatch();
  #progress = NOTHING_YET;
  /** In epochs. */
  #stopAt = 0;
  /** From where epochs are counted in steps of the present size. */
  #counted = { step: 0, epoch: 0 };
  #wantsToPlay = false;
  #stepWaits = false;
  #queue: Promise<void> = Promise.resolve();
  /** Counts resets: what was asked for before the newest one is not done any more. */
  #resets = 0;
  /** The reset whose task the loop is training, while it does. */
  #running: number | null = null;

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
      this.#begin(task, options);
      await this.#score();
      this.#setState('paused');
    });
  }

  /** Trains until paused, finished or diverged. */
  play(): Promise<void> {
    const mine = this.#resets;
    this.#wantsToPlay = true;
    // A pause that the loop has not noticed yet is simply taken back.
    if (this.#running === mine) return this.#queue;
    return this.#enqueue(async () => {
      const trainer = this.#trainer;
      if (!trainer || !this.#wantsToPlay || mine !== this.#resets) return;
      if (this.#isDone()) this.#stopAt = Math.floor(this.#progress.epoch + ROUNDING) + this.#options.epochs;
      this.#meter = new Meter();
      this.#setState('playing');
      this.#running = mine;
      await this.#run(trainer).finally(() => (this.#running = null));
    });
  }

  pause(): Promise<void> {
    this.#wantsToPlay = false;
    return this.#queue;
  }

  /** One step, scored. Pauses first when playing. */
  step(): Promise<void> {
    this.#wantsToPlay = false;
    // A key held down asks faster than steps are scored; one waiting step is enough.
    if (this.#stepWaits) return this.#queue;
    this.#stepWaits = true;
    return this.#enqueue(async () => {
      this.#stepWaits = false;
      const trainer = this.#trainer;
      if (!trainer) return;
      await this.#advance(trainer, true);
      await this.#settle(trainer);
      if (this.#state !== 'diverged') this.#setState('paused');
    });
  }

  /** Goes back to a moment of this run and stands there: playing on makes another run of what comes after it. */
  fork(moment: Moment): Promise<void> {
    const mine = this.#resets;
    this.#wantsToPlay = false;
    return this.#enqueue(async () => {
      const trainer = this.#trainer;
      if (!trainer || mine !== this.#resets) return;
      const { step, epoch } = moment;
      trainer.restore(moment);
      this.#scorer?.rewind(moment);
      this.#reader = new LossReader();
      this.#counted = { step, epoch };
      this.#watch.restart();
      this.#progress = { ...this.#progress, step, epoch, loss: null, whole: null };
      this.#stopAt = Math.max(this.#options.epochs, Math.floor(epoch) + 1);
      this.#emit({ type: 'forked', step });
      await this.#score();
      this.#report(true);
      this.#setState('paused');
    });
  }

  /** Changes the task in hand or its optimiser from the next step on. */
  adapt(change: (task: Task, optimizer: Optimizer) => void): void {
    const trainer = this.#trainer;
    if (!trainer) return;
    // Steps of another size from here on: the epochs so far are counted as they were.
    this.#counted = { step: this.#progress.step, epoch: this.#progress.epoch };
    trainer.adapt((optimizer) => change(trainer.task, optimizer));
  }

  set stepsPerFrame(stepsPerFrame: number) {
    this.#options = { ...this.#options, stepsPerFrame };
  }

  set epochs(epochs: number) {
    this.#options = { ...this.#options, epochs };
    this.#stopAt = epochs;
  }

  #begin(task: Task, options: SessionOptions): void {
    const trainer = new Trainer(task);
    this.#trainer = trainer;
    this.#options = options;
    this.#stopAt = options.epochs;
    this.#counted = { step: 0, epoch: 0 };
    this.#watch.restart();
    this.#scorer = new Scorer(task, options.scoring, async () => {
      const { step, epoch } = this.#progress;
      return snapshotOf(await trainer.checkpoint(step, epoch));
    });
    this.#reader = new LossReader();
    this.#progress = NOTHING_YET;
    this.#emit({ type: 'reset', task });
  }

  async #run(trainer: Trainer): Promise<void> {
    do {
      await this.#stepOn(trainer);
      if (this.#running !== this.#resets) return this.#reader.drain();
      await this.#settle(trainer);
      // Played again while the last losses were coming in: no pause after all.
    } while (this.#goesOn() && this.#state === 'playing');
    if (this.#state === 'playing') this.#setState(this.#isDone() ? 'finished' : 'paused');
  }

  #goesOn(): boolean {
    const wanted = this.#wantsToPlay && this.#running === this.#resets;
    return wanted && !this.#isDone() && !this.#reader.bad;
  }

  #isDone(): boolean {
    return this.#progress.epoch >= this.#stopAt - ROUNDING;
  }

  async #stepOn(trainer: Trainer): Promise<void> {
    let sliceEnd = performance.now() + SLICE_MS;
    let frameSteps = 0;
    while (this.#goesOn()) {
      await this.#advance(trainer);
      if (this.#epochOf(0) > this.#epochOf(-1)) await this.#scoreWhole(trainer);
      if (this.#scorer?.isDue(this.#progress.step)) await this.#score();
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

  async #advance(trainer: Trainer, watch = this.#watch.isDue(this.#progress.step)): Promise<void> {
    const { loss, examples, cost, layers } = await trainer.step(watch && this.#options.watchLayers === true);
    const step = this.#progress.step + 1;
    if (layers) this.#watch.read(step, layers, (numbers) => this.#emit({ type: 'layers', step, numbers }));
    const epoch = this.#counted.epoch + (step - this.#counted.step) / trainer.task.stepsPerEpoch;
    // The engine submits later while it still compiles; that says nothing of what a step costs.
    this.#progress = { ...this.#progress, step, epoch, cost: cost?.submits ? cost : this.#progress.cost };
    this.#meter.tick(examples);
    await this.#reader.add(step, loss, (firstStep, values) => {
      this.#progress = { ...this.#progress, loss: values.at(-1) ?? null };
      this.#emit({ type: 'losses', firstStep, values });
    });
  }

  /** Scores both sets; a score that is no number counts as a loss that is none. */
  async #score(): Promise<void> {
    const { step } = this.#progress;
    const scores = await this.#scorer?.score(step);
    if (!scores) return;
    const { train, test, milliseconds } = scores;
    this.#meter.idle(milliseconds);
    const wrong = [train.loss, test.loss].find((loss) => !Number.isFinite(loss));
    if (wrong !== undefined) {
      this.#reader.markBad(step, wrong);
      return;
    }
    this.#progress = { ...this.#progress, train, test };
    this.#emit({ type: 'scores', step, train, test, at: { ...scores.snapshot, epoch: this.#progress.epoch } });
  }

  /** Whole epochs after so many steps more. */
  #epochOf(more: number): number {
    const { stepsPerEpoch = 1 } = this.#trainer?.task ?? {};
    return Math.floor(this.#progress.epoch + more / stepsPerEpoch + ROUNDING);
  }

  async #scoreWhole({ task: { model, testWhole, scoreBatch } }: Trainer): Promise<void> {
    if (!testWhole) return;
    const start = performance.now();
    const score = await scoreInParts(model, testWhole, () => this.#running === this.#resets, scoreBatch);
    this.#meter.idle(performance.now() - start);
    if (!score || !Number.isFinite(score.loss)) return;
    const { step, epoch } = this.#progress;
    const whole = { ...score, step, epoch: Math.round(epoch), size: testWhole.size };
    this.#progress = { ...this.#progress, whole };
    this.#emit({ type: 'whole', score: whole });
  }

  /** Waits for what is in flight, then scores, or undoes a divergence. */
  async #settle(trainer: Trainer): Promise<void> {
    await this.#reader.drain();
    if (!this.#reader.bad) await this.#score();
    if (this.#reader.bad) this.#giveUp(trainer, this.#reader.bad);
    this.#report(true);
  }

  #giveUp(trainer: Trainer, bad: { step: number; value: number }): void {
    const good = this.#scorer?.good;
    // Moments that led to it are worthless.
    if (good) trainer.restart(good);
    this.#reader = new LossReader();
    this.#wantsToPlay = false;
    this.#emit({ type: 'diverged', divergence: { ...bad, keptStep: good?.step ?? 0 } });
    this.#setState('diverged');
  }

  #report(now: boolean): void {
    const rate = this.#meter.rate();
    if (!rate && !now) return;
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
