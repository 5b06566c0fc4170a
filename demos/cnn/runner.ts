/**
 * A network that trains beside others: its own steps, the seconds that these took, and what it has come to. Knows no
 * page.
 */
import { score, type Score, type Task } from '../shared/task.ts';
import { Trainer } from '../shared/trainer.ts';

export interface Mark {
  readonly step: number;
  /** Spent on this network's own steps, but for the first, which also compiles. */
  readonly seconds: number;
  readonly test: Score;
}

export class Runner {
  readonly name: string;
  readonly label: string;
  readonly color: `--${string}`;
  readonly trainer: Trainer;
  readonly parameters: number;
  /** Parameters that are not frozen. */
  readonly trained: number;
  readonly multAdds: number;
  /** Of the last step of each turn. */
  readonly losses: { readonly step: number; readonly seconds: number; readonly loss: number }[] = [];
  readonly marks: Mark[] = [];
  step = 0;
  seconds = 0;

  constructor(name: string, label: string, color: `--${string}`, task: Task, inputShape: readonly number[]) {
    this.name = name;
    this.label = label;
    this.color = color;
    this.trainer = new Trainer(task);
    const summary = task.model.summary(inputShape);
    this.parameters = summary.parameters;
    this.trained = task.model.numParameters({ trainable: true });
    this.multAdds = summary.multAdds;
  }

  /** So many steps, waited for, so that their time is theirs. */
  async run(count: number): Promise<number> {
    let loss = Number.NaN;
    for (let done = 0; done < count;) {
      const together = this.step === 0 ? 1 : count - done;
      const start = performance.now();
      let last;
      for (let at = 0; at < together; at++) last = (await this.trainer.step()).loss;
      loss = (await last?.item()) ?? Number.NaN;
      if (this.step > 0) this.seconds += (performance.now() - start) / 1000;
      this.step += together;
      done += together;
    }
    this.losses.push({ step: this.step, seconds: this.seconds, loss });
    return loss;
  }

  async look(): Promise<void> {
    if (this.marks.at(-1)?.step === this.step) return;
    const { model, testScored } = this.trainer.task;
    const { step, seconds } = this;
    this.marks.push({ step, seconds, test: await score(model, testScored) });
  }

  /** When the test accuracy first was as high as that; null before. */
  reached(accuracy: number): Mark | null {
    return this.marks.find(({ test }) => test.accuracy >= accuracy) ?? null;
  }

  /** Seconds a step, of those that were timed. */
  get pace(): number {
    return this.step > 1 ? this.seconds / (this.step - 1) : Number.NaN;
  }
}

/** About how long a network may train before another has its turn. */
const TURN_SECONDS = 0.1;
const MOST_STEPS = 16;

/** The same number of steps for each, in turn. `most` steps at most. */
export async function round(runners: readonly Runner[], most: number): Promise<void> {
  const slowest = Math.max(...runners.map(({ pace }) => (Number.isFinite(pace) ? pace : TURN_SECONDS)));
  const count = Math.max(1, Math.min(MOST_STEPS, most, Math.floor(TURN_SECONDS / slowest)));
  for (const runner of runners) await runner.run(count);
}
