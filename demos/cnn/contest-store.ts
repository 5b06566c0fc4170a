/**
 * Networks that train side by side as signals, tied to the page's address: plays, pauses, steps and resets. Knows not
 * what they are, and draws nothing.
 */
import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { init, type AdapterSummary } from '../../src/index.ts';
import { decode, differences, encode, type Schema } from '../shared/address.ts';
import { Curves } from '../shared/curves.ts';
import { pauseWhileHidden } from '../shared/lab-store.ts';
import { nextFrame, yieldToPage } from '../shared/pacing.ts';
import { NOTHING_YET, type Progress, type RunState } from '../shared/session-events.ts';
import type { Runner } from './runner.ts';

export interface Contest {
  /** Those whose curves are compared. */
  readonly runners: readonly Runner[];
  /** Theirs, which the curves bear. */
  readonly names: readonly string[];
  readonly stepsToDo: number;
  /** Trains for a moment: at most `most` steps of each. */
  advance(most: number): Promise<void>;
  /** Once all is done: as much again. */
  goOn(): void;
  /** Follows settings that need no new start. */
  follow?(config: unknown): void;
}

export type Axis = 'steps' | 'seconds';

export interface Measured {
  readonly loss: Curves;
  readonly accuracy: Curves;
}

interface Description<C extends object, T extends Contest> {
  readonly schema: Schema<C>;
  readonly make: (config: C) => Promise<T>;
  /** Whether one that runs as the first says can go on as the second does. */
  readonly canTakeOver: (previous: C, next: C) => boolean;
  readonly stepsPerFrame: (config: C) => number;
}

const SETTLE_MS = 150;
/** At most this share of the time goes into scoring. */
const SHARE = 0.25;
const LEAST_MS = 250;
/** The first scores also compile; how long they took says nothing of the next. */
const MOST_MS = 2000;

export class ContestStore<C extends object, T extends Contest> {
  readonly config: Signal<C>;
  readonly adapter = signal<AdapterSummary | null>(null);
  readonly fatal = signal<Error | null>(null);
  readonly error = signal<Error | null>(null);
  readonly state = signal<RunState>('loading');
  readonly progress = signal<Progress>(NOTHING_YET);
  readonly task: Signal<T | null> = signal(null);
  readonly version = signal(0);
  readonly session = { play: () => this.play(), pause: () => this.pause(), step: () => this.step() };
  /** Over steps, and over milliseconds. */
  readonly curves: { readonly [K in Axis]: { readonly [M in keyof Measured]: Signal<Curves> } } = {
    steps: { loss: signal(new Curves([])), accuracy: signal(new Curves([])) },
    seconds: { loss: signal(new Curves([])), accuracy: signal(new Curves([])) },
  };
  readonly #lab: Description<C, T>;
  /** How many losses and marks of each runner the curves have. */
  #drawn = new Map<Runner, { losses: number; marks: number }>();
  #wanted = false;
  #queue: Promise<void> = Promise.resolve();
  #resets = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lab: Description<C, T>) {
    this.#lab = lab;
    this.config = signal(decode(lab.schema, location.hash));
    effect(() => history.replaceState(null, '', `#${encode(lab.schema, this.config.value)}`));
    addEventListener('hashchange', () => this.#replace(decode(lab.schema, location.hash)));
    pauseWhileHidden(this);
    void init().then(
      (adapter) => {
        this.adapter.value = adapter;
        this.reset(true);
      },
      (error: unknown) => (this.fatal.value = asError(error)),
    );
  }

  change(patch: Partial<C>): void {
    this.#replace({ ...this.config.value, ...patch });
  }

  #replace(next: C): void {
    const previous = this.config.value;
    if (differences(this.#lab.schema, previous, next).length === 0) return;
    this.config.value = next;
    if (this.#lab.canTakeOver(previous, next)) return this.task.peek()?.follow?.(next);
    const playing = this.#wanted || this.state.peek() === 'finished';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reset(playing), SETTLE_MS);
  }

  /** Step 0 again, with the same seed. */
  reset(play: boolean = this.#wanted): void {
    if (!this.adapter.peek()) return;
    const mine = ++this.#resets;
    this.#wanted = false;
    void this.#enqueue(async () => {
      if (mine !== this.#resets) return;
      this.state.value = 'loading';
      // Where the next one cannot be made, there is none.
      this.#show(null);
      const contest = await this.#lab.make(this.config.peek());
      if (mine !== this.#resets) return;
      this.error.value = null;
      this.#show(contest);
      await this.#look(contest);
      this.state.value = 'paused';
    });
    if (play) void this.play();
  }

  play(): Promise<void> {
    this.#wanted = true;
    const mine = this.#resets;
    return this.#enqueue(async () => {
      const contest = this.task.peek();
      if (!contest || !this.#wanted || mine !== this.#resets) return;
      if (contest.stepsToDo === 0) contest.goOn();
      this.state.value = 'playing';
      let nextLook = 0;
      while (this.#wanted && mine === this.#resets && contest.stepsToDo > 0) {
        const inFrame = this.#lab.stepsPerFrame(this.config.peek());
        await contest.advance(Math.min(contest.stepsToDo, inFrame));
        if (performance.now() >= nextLook || contest.stepsToDo === 0) {
          const start = performance.now();
          await this.#look(contest);
          nextLook = performance.now() + Math.min(MOST_MS, Math.max(LEAST_MS, (performance.now() - start) / SHARE));
        } else this.#draw(contest);
        await (Number.isFinite(inFrame) ? nextFrame() : yieldToPage());
      }
      if (mine !== this.#resets) return;
      await this.#look(contest);
      const finished = contest.stepsToDo === 0;
      if (finished) this.#wanted = false;
      this.state.value = finished ? 'finished' : 'paused';
    });
  }

  pause(): Promise<void> {
    this.#wanted = false;
    return this.#queue;
  }

  step(): Promise<void> {
    this.#wanted = false;
    return this.#enqueue(async () => {
      const contest = this.task.peek();
      if (!contest) return;
      await contest.advance(1);
      await this.#look(contest);
      this.state.value = 'paused';
    });
  }

  #show(contest: T | null): void {
    this.#drawn = new Map();
    for (const axis of Object.values(this.curves))
      for (const curves of Object.values(axis)) curves.value = new Curves(contest?.names ?? []);
    this.task.value = contest;
  }

  async #look(contest: T): Promise<void> {
    for (const runner of contest.runners) await runner.look();
    this.#draw(contest);
  }

  #draw(contest: T): void {
    const { steps, seconds } = this.curves;
    for (const runner of contest.runners) {
      const { losses, marks } = this.#drawn.get(runner) ?? { losses: 0, marks: 0 };
      for (const { step, seconds: at, loss } of runner.losses.slice(losses)) {
        if (!Number.isFinite(loss)) continue;
        steps.loss.value.add(runner.name, step, loss);
        seconds.loss.value.add(runner.name, Math.round(1000 * at), loss);
      }
      for (const { step, seconds: at, test } of runner.marks.slice(marks)) {
        steps.accuracy.value.add(runner.name, step, test.accuracy);
        seconds.accuracy.value.add(runner.name, Math.round(1000 * at), test.accuracy);
      }
      this.#drawn.set(runner, { losses: runner.losses.length, marks: runner.marks.length });
    }
    const [first] = contest.runners;
    const loss = first?.losses.at(-1)?.loss ?? null;
    this.progress.value = { ...NOTHING_YET, step: first?.step ?? 0, loss, test: first?.marks.at(-1)?.test ?? null };
    this.version.value++;
  }

  #enqueue(command: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(command).catch((error: unknown) => {
      this.#wanted = false;
      this.error.value = asError(error);
      this.state.value = 'paused';
    });
    return this.#queue;
  }
}

/** Whatever is compared, to what shows it. */
export type AnyContest = Pick<ContestStore<object, Contest>, 'curves' | 'version'> & {
  readonly task: ReadonlySignal<Contest | null>;
};

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
