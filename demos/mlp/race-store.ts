/** A race as signals, tied to the page's address: plays, pauses, steps and resets. Draws nothing. */
import { effect, signal } from '@preact/signals';
import { init, type AdapterSummary } from '../../src/index.ts';
import { decode, differences, encode } from '../shared/address.ts';
import { pauseWhileHidden } from '../shared/lab-store.ts';
import { Meter, nextFrame, yieldToPage } from '../shared/pacing.ts';
import { NOTHING_YET, type Progress, type RunState } from '../shared/session-events.ts';
import { STEPS_PER_FRAME } from './config.ts';
import { raceSchema, type RaceConfig } from './race-config.ts';
import { Field, type Standing } from './race-field.ts';

const LIVE: readonly (keyof RaceConfig)[] = ['pace', 'panel', 'steps'];
const LOOK_MS = 150;
/** Steps run ahead of the GPU; without a look they would queue up unseen. */
const LOOK_STEPS = 50;
const SETTLE_MS = 150;
/** At most this share of the time goes into looking. */
const SHARE = 0.3;
/** Standings kept; beyond it every other one is dropped. */
const KEPT = 600;

export class RaceStore {
  readonly config = signal(decode(raceSchema, location.hash));
  readonly adapter = signal<AdapterSummary | null>(null);
  readonly fatal = signal<Error | null>(null);
  readonly error = signal<Error | null>(null);
  readonly state = signal<RunState>('loading');
  readonly progress = signal<Progress>(NOTHING_YET);
  readonly task = signal<Field | null>(null);
  readonly standings = signal<readonly Standing[]>([]);
  readonly session = { play: () => this.play(), pause: () => this.pause(), step: () => this.step() };
  #wanted = false;
  #queue: Promise<void> = Promise.resolve();
  #resets = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #meter = new Meter();
  #step = 0;

  constructor() {
    effect(() => history.replaceState(null, '', `#${encode(raceSchema, this.config.value)}`));
    addEventListener('hashchange', () => this.#replace(decode(raceSchema, location.hash)));
    pauseWhileHidden(this);
    void init().then(
      (adapter) => {
        this.adapter.value = adapter;
        this.reset(true);
      },
      (error: unknown) => (this.fatal.value = error instanceof Error ? error : new Error(String(error))),
    );
  }

  change(patch: Partial<RaceConfig>): void {
    this.#replace({ ...this.config.value, ...patch });
  }

  #replace(next: RaceConfig): void {
    const previous = this.config.value;
    this.config.value = next;
    if (differences(raceSchema, previous, next).every((key) => LIVE.includes(key))) return;
    const playing = this.#wanted;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reset(playing), SETTLE_MS);
  }

  /** Step 0 again, with the same seeds. */
  reset(play: boolean = this.#wanted): void {
    if (!this.adapter.value) return;
    const mine = ++this.#resets;
    this.#wanted = false;
    void this.#enqueue(async () => {
      if (mine !== this.#resets) return;
      this.state.value = 'loading';
      const field = await Field.make(this.config.value);
      if (mine !== this.#resets) return;
      this.#step = 0;
      this.progress.value = NOTHING_YET;
      this.standings.value = [];
      this.error.value = null;
      this.task.value = field;
      await this.#look(field);
      this.state.value = 'paused';
    });
    if (play) void this.play();
  }

  play(): Promise<void> {
    this.#wanted = true;
    const mine = this.#resets;
    return this.#enqueue(async () => {
      const field = this.task.value;
      if (!field || !this.#wanted || mine !== this.#resets) return;
      const stop = this.#step < this.config.value.steps ? 0 : this.#step + this.config.value.steps;
      this.state.value = 'playing';
      this.#meter = new Meter();
      const last = (): number => Math.max(stop, this.config.value.steps);
      await this.#run(field, () => this.#wanted && mine === this.#resets && this.#step < last());
      if (mine !== this.#resets) return;
      await this.#look(field);
      const finished = this.#step >= last();
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
      const field = this.task.value;
      if (!field) return;
      await field.step();
      this.#step++;
      await this.#look(field);
      this.state.value = 'paused';
    });
  }

  async #run(field: Field, goesOn: () => boolean): Promise<void> {
    let nextLook = 0;
    let looked = this.#step;
    let inFrame = 0;
    while (goesOn()) {
      await field.step();
      this.#step++;
      this.#meter.tick(field.batchSize * field.variants.length * field.seeds);
      const start = performance.now();
      if (start >= nextLook || this.#step - looked >= LOOK_STEPS) {
        await this.#look(field);
        looked = this.#step;
        const took = performance.now() - start;
        this.#meter.idle(took);
        nextLook = performance.now() + Math.max(LOOK_MS, took / SHARE);
        await yieldToPage();
      } else if (++inFrame >= STEPS_PER_FRAME[this.config.value.pace]) {
        inFrame = 0;
        this.#meter.idle(await nextFrame());
      }
    }
  }

  async #look(field: Field): Promise<void> {
    const step = this.#step;
    const known = this.standings.value;
    if (known.at(-1)?.step === step) return;
    const standing = await field.look(step);
    const kept = known.length < KEPT ? known : known.filter((_, index) => index % 2 === 0);
    this.standings.value = [...kept, standing];
    const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const loss = mean(standing.losses);
    this.progress.value = {
      ...this.progress.value,
      ...this.#meter.rate(),
      step,
      loss,
      test: { loss, accuracy: mean(standing.accuracies) },
    };
  }

  #enqueue(command: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(command).catch((error: unknown) => {
      this.#wanted = false;
      this.error.value = error instanceof Error ? error : new Error(String(error));
      this.state.value = 'paused';
    });
    return this.#queue;
  }
}
