/** Two networks on the same images in the same order, and the page's state about them. */
import { differences } from '../shared/address.ts';
import { STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { COMPARE_LOOKS, compareSchema, entrantsOf, type CompareConfig } from './compare-config.ts';
import { canTakeOver } from './config.ts';
import type { Contest } from './contest-store.ts';
import { ImageContestStore } from './image-contest-store.ts';
import type { Images } from './images.ts';
import { isCnnTask, makeTask } from './recipe.ts';
import { round, Runner } from './runner.ts';

/** Curves bear these names, whatever the networks are. */
export const NAMES = ['first', 'second'] as const;
export const COLORS = ['--series-1', '--series-2'] as const;

export class Pairing implements Contest {
  readonly runners: readonly Runner[];
  readonly names: readonly string[] = NAMES;
  #epochs: number;
  /** In epochs. */
  #stopAt: number;

  constructor(config: CompareConfig, images: Images) {
    this.#epochs = this.#stopAt = config.epochs;
    this.runners = entrantsOf(config).map(({ label, full }, at) => {
      const task = makeTask(full, { images });
      return new Runner(NAMES[at]!, label, COLORS[at]!, task, [1, ...task.images.train.shape]);
    });
  }

  get stepsToDo(): number {
    const [runner] = this.runners as [Runner];
    return Math.max(0, this.#stopAt * runner.trainer.task.stepsPerEpoch - runner.step);
  }

  advance(most: number): Promise<void> {
    return round(this.runners, most);
  }

  goOn(): void {
    const [{ step, trainer }] = this.runners as [Runner];
    this.#stopAt = Math.floor(step / trainer.task.stepsPerEpoch) + this.#epochs;
  }

  follow(config: CompareConfig): void {
    if (config.epochs !== this.#epochs) this.#epochs = this.#stopAt = config.epochs;
    entrantsOf(config).forEach(({ full }, at) => {
      const { trainer } = this.runners[at]!;
      trainer.adapt((optimizer) => {
        if (isCnnTask(trainer.task)) trainer.task.adapt(full, optimizer);
      });
    });
  }
}

export type CompareStore = ImageContestStore<CompareConfig, Pairing>;

export function createCompareStore(): CompareStore {
  return new ImageContestStore({
    schema: compareSchema,
    stepsPerFrame: ({ pace }) => STEPS_PER_FRAME[pace],
    make: (config, images) => Promise.resolve(new Pairing(config, images)),
    canTakeOver(previous, next) {
      if (differences(compareSchema, previous, next).every((key) => COMPARE_LOOKS.includes(key))) return true;
      if (previous.first !== next.first || previous.second !== next.second || previous.batch !== next.batch)
        return false;
      const [before, after] = [entrantsOf(previous), entrantsOf(next)];
      return before.every(({ full }, at) => canTakeOver(full, after[at]!.full));
    },
  });
}
