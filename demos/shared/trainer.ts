/**
 * One task's training step and what it needs from step to step: batches, the optimiser, the compiled step, and going
 * back to a snapshot. Knows nothing of playing, pausing or pages.
 */
import { F, compile, counters, type Tensor } from '../../src/index.ts';
import type { Optimizer, Snapshot, Task } from './task.ts';

export interface StepCost {
  readonly dispatches: number;
  readonly submits: number;
}

export interface Stepped {
  /** Unread: reading it is the only thing that waits. */
  readonly loss: Tensor;
  readonly examples: number;
  readonly cost: StepCost;
}

export class Trainer {
  readonly task: Task;
  #optimizer: Optimizer;
  #schedule: { step(): void } | null;
  #trainStep: (x: Tensor, y: Tensor) => Tensor;
  #epoch: AsyncIterator<readonly Tensor[]> | null = null;

  constructor(task: Task) {
    this.task = task;
    this.#optimizer = task.makeOptimizer();
    this.#schedule = task.makeSchedule?.(this.#optimizer) ?? null;
    this.#trainStep = compileStep(task, this.#optimizer);
  }

  /** Changes the task or its optimiser before the next step. */
  adapt(change: (optimizer: Optimizer) => void): void {
    const { batches } = this.task;
    change(this.#optimizer);
    if (this.task.batches !== batches) this.#epoch = null;
  }

  async step(): Promise<Stepped> {
    const [x, y] = await this.#nextBatch();
    const before = counters();
    const loss = this.#trainStep(x, y);
    const after = counters();
    this.#schedule?.step();
    const cost = { dispatches: after.dispatches - before.dispatches, submits: after.submits - before.submits };
    return { loss, examples: x.shape[0] ?? 0, cost };
  }

  /** Goes back to known parameters, with an optimiser that remembers nothing of what came after them. */
  restore({ parameters, step }: Snapshot): void {
    this.task.model.loadStateDict(parameters);
    this.#optimizer = this.task.makeOptimizer();
    this.#schedule = this.task.makeSchedule?.(this.#optimizer) ?? null;
    for (let done = 0; done < step; done++) this.#schedule?.step();
    this.#trainStep = compileStep(this.task, this.#optimizer);
  }

  async #nextBatch(): Promise<readonly [Tensor, Tensor]> {
    for (let pass = 0; pass < 2; pass++) {
      this.#epoch ??= this.task.batches[Symbol.asyncIterator]();
      const next = await this.#epoch.next();
      const [x, y] = next.done ? [] : next.value;
      if (x && y) return [x, y];
      this.#epoch = null;
    }
    throw new Error('training: the task gives no batches. Use more training examples or a smaller batch size.');
  }
}

/** The step, traced at its first call and replayed from then on. */
function compileStep({ model, augment }: Task, optimizer: Optimizer): (x: Tensor, y: Tensor) => Tensor {
  return compile((x: Tensor, y: Tensor) => {
    const loss = F.crossEntropy(model.forward(augment ? augment(x) : x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
}
