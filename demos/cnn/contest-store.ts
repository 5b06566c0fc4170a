/**
 * Networks that train side by side as signals, tied to the page's address: plays, pauses, steps and resets. Knows not
 * what they are, and draws nothing.
 */
import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { init, type AdapterSummary } from '../../src/index.ts';
import { decode, differences, encode, type Schema } from '../shared/address.ts';
import { pauseWhileHidden } from '../shared/lab-store.ts';
import { nextFrame, yieldToPage } from '../shared/pacing.ts';
import { NOTHING_YET, type Progress, type RunState } from '../shared/session-events.ts';
import { ContestCurves } from './contest-curves.ts';
import type { Runner } from './runner.ts';

export interface Contest {
  /** One that trains before the others, if there is one; it has charts of its own. */
  readonly leading?: Runner;
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

export interface ContestDescription<C extends object, T extends Contest> {
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
  readonly curves = new ContestCurves();
  readonly leadingCurves = new ContestCurves();
  readonly #lab: ContestDescription<C, T>;
  #wanted = false;
  #queue: Promise<void> = Promise.resolve();
  #resets = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lab: ContestDescription<C, T>) {
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
      this.#draw(contest);
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
    this.curves.begin(contest?.names ?? []);
    this.leadingCurves.begin(contest?.leading ? [contest.leading.name] : []);
    this.progress.value = NOTHING_YET;
    this.task.value = contest;
  }

  async #look(contest: T): Promise<void> {
    await contest.leading?.look();
    for (const runner of contest.runners) await runner.look();
    this.#draw(contest);
  }

  #draw(contest: T): void {
    this.curves.add(contest.runners);
    this.leadingCurves.add(contest.leading ? [contest.leading] : []);
    const first = contest.runners[0] ?? contest.leading;
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
