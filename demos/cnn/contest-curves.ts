/** The curves of networks that train side by side, over their steps and over their seconds. Draws nothing. */
import { signal, type Signal } from '@preact/signals';
import { Curves } from '../shared/curves.ts';
import type { Runner } from './runner.ts';

export type Axis = 'steps' | 'seconds';

interface Measured {
  readonly loss: Signal<Curves>;
  readonly accuracy: Signal<Curves>;
}

const empty = (): Measured => ({ loss: signal(new Curves([])), accuracy: signal(new Curves([])) });

export class ContestCurves {
  readonly steps: Measured = empty();
  /** In milliseconds. */
  readonly seconds: Measured = empty();
  /** How many losses and marks of each runner the curves have. */
  #drawn = new Map<Runner, { losses: number; marks: number }>();

  /** Begins anew, with a curve for each name. */
  begin(names: readonly string[]): void {
    this.#drawn = new Map();
    for (const { loss, accuracy } of [this.steps, this.seconds])
      for (const curves of [loss, accuracy]) curves.value = new Curves(names);
  }

  /** Adds what the runners have come to since. */
  add(runners: readonly Runner[]): void {
    const { steps, seconds } = this;
    for (const runner of runners) {
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
  }
}
