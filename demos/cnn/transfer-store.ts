/**
 * The transfer page's state: a network learns eight classes, then four learn the other two side by side. What was
 * pre-trained is kept as long as the settings that it depends on.
 */
import { differences } from '../shared/address.ts';
import { STEPS_PER_FRAME } from '../shared/training-settings.ts';
import type { Contest } from './contest-store.ts';
import { ImageContestStore } from './image-contest-store.ts';
import type { Images } from './images.ts';
import { makeTask } from './recipe.ts';
import { round, Runner } from './runner.ts';
import {
  pretrainingOf,
  samePretraining,
  TRANSFER_LOOKS,
  transferSchema,
  type TransferConfig,
} from './transfer-config.ts';
import { CONTESTANTS, fewOf, makeContestant, othersOf } from './transfer-recipe.ts';

/** As curves and tables have them. */
export const LABELS = {
  scratch: 'From scratch',
  head: 'New head, body frozen',
  whole: 'Fine-tuned whole',
  rates: 'Fine-tuned, body slower',
} as const;
export const COLORS = {
  scratch: '--series-2',
  head: '--series-1',
  whole: '--series-3',
  rates: '--series-4',
} as const;

/** On all classes but two. */
export class Pretraining {
  readonly runner: Runner;
  readonly steps: number;
  /** What it has learnt so far is to be used. */
  enough = false;

  constructor(config: TransferConfig, others: Images) {
    const settings = pretrainingOf(config);
    const task = makeTask(settings, { images: others });
    this.steps = settings.epochs * task.stepsPerEpoch;
    this.runner = new Runner('pretraining', 'Pre-training', '--series-1', task, [1, ...others.train.shape]);
  }

  get left(): number {
    return this.enough ? 0 : this.steps - this.runner.step;
  }
}

export class Transfer implements Contest {
  readonly pretraining: Pretraining;
  readonly names: readonly string[] = CONTESTANTS;
  readonly few: Images;
  /** None until pre-training is done. */
  runners: readonly Runner[] = [];
  readonly #config: TransferConfig;
  #steps: number;
  #stopAt: number;

  constructor(config: TransferConfig, few: Images, pretraining: Pretraining) {
    this.#config = config;
    this.#steps = this.#stopAt = config.steps;
    this.few = few;
    this.pretraining = pretraining;
    if (pretraining.left === 0) this.#begin();
  }

  get leading(): Runner {
    return this.pretraining.runner;
  }

  get stepsToDo(): number {
    return this.pretraining.left + Math.max(0, this.#stopAt - (this.runners[0]?.step ?? 0));
  }

  async advance(most: number): Promise<void> {
    const { left, runner } = this.pretraining;
    if (left > 0) await round([runner], Math.min(most, left));
    else if (this.runners.length > 0) await round(this.runners, most);
    if (this.pretraining.left > 0 || this.runners.length > 0) return;
    this.#begin();
    // What each knows before its first step.
    for (const each of this.runners) await each.look();
  }

  goOn(): void {
    this.#stopAt += this.#steps;
  }

  follow({ steps }: TransferConfig): void {
    if (steps !== this.#steps) this.#steps = this.#stopAt = steps;
  }

  #begin(): void {
    const { few } = this;
    const { model } = this.leading.trainer.task;
    this.runners = CONTESTANTS.map((name) => {
      const task = makeContestant(name, this.#config, few, model.stateDict());
      return new Runner(name, LABELS[name], COLORS[name], task, [1, ...few.train.shape]);
    });
  }
}

export class TransferStore extends ImageContestStore<TransferConfig, Transfer> {
  #kept: { readonly config: TransferConfig; readonly images: Images; readonly pretraining: Pretraining } | null = null;

  constructor() {
    super({
      schema: transferSchema,
      stepsPerFrame: ({ pace }) => STEPS_PER_FRAME[pace],
      make: async (config, images) =>
        new Transfer(config, await fewOf(images, config), await this.#pretrained(config, images)),
      canTakeOver: (previous, next) =>
        differences(transferSchema, previous, next).every((key) => key === 'steps' || TRANSFER_LOOKS.includes(key)),
    });
  }

  /** Step 0 of what is under way: of pre-training, or of the networks that came after it. */
  restart(): void {
    if (this.#kept && this.#kept.pretraining.left > 0) this.#kept = null;
    this.reset();
  }

  /** Pre-trains anew. */
  again(): void {
    this.#kept = null;
    this.reset(true);
  }

  /** Ends pre-training: what it has learnt so far is used. */
  enough(): void {
    const contest = this.task.peek();
    if (!contest) return;
    contest.pretraining.enough = true;
    void this.play();
  }

  async #pretrained(config: TransferConfig, images: Images): Promise<Pretraining> {
    if (!this.#kept || this.#kept.images !== images || !samePretraining(this.#kept.config, config)) {
      const pretraining = new Pretraining(config, await othersOf(images, config.held));
      this.#kept = { config, images, pretraining };
    }
    return this.#kept.pretraining;
  }
}
