/**
 * One task's training step and what it needs from step to step: batches, the optimiser, the compiled step,
 * checkpoints and going back to them. Knows nothing of playing, pausing or pages.
 */
import { F, compile, counters, io, optim, type Tensor, type data } from '../../src/index.ts';
import { watchStep, type LayerReading } from './layer-watch.ts';
import { answers, type Optimizer, type Schedule, type Snapshot, type Task } from './task.ts';

export interface StepCost {
  readonly dispatches: number;
  readonly submits: number;
}

export interface Stepped {
  /** Unread: reading it is the only thing that waits. */
  readonly loss: Tensor;
  readonly examples: number;
  /** Null of a step that was watched, which costs more than others. */
  readonly cost: StepCost | null;
  /** Of a step that was watched. */
  readonly layers: LayerReading | null;
}

export class Trainer {
  readonly task: Task;
  #optimizer!: Optimizer;
  #schedule!: Schedule | null;
  #steps!: [Step, WatchedStep];
  #epoch: AsyncIterator<readonly Tensor[]> | null = null;

  constructor(task: Task) {
    this.task = task;
    this.#begin();
  }

  /** Changes the task or its optimiser before the next step. */
  adapt(change: (optimizer: Optimizer) => void): void {
    const { batches } = this.task;
    change(this.#optimizer);
    if (this.task.batches !== batches) this.#epoch = null;
  }

  /** @param watch measures the layers too, which changes nothing of the step */
  async step(watch = false): Promise<Stepped> {
    const [x, y] = await this.#nextBatch();
    const examples = x.shape[0] ?? 0;
    const before = counters();
    const [loss, gradients, updates] = watch ? this.#steps[1](x, y) : [this.#steps[0](x, y)];
    const after = counters();
    this.#schedule?.step();
    const layers = gradients && updates ? { gradients, updates } : null;
    const cost = { dispatches: after.dispatches - before.dispatches, submits: after.submits - before.submits };
    return { loss, examples, cost: watch ? null : cost, layers };
  }

  /** The run as it is between two steps. */
  checkpoint(step: number, epoch: number): Promise<Uint8Array> {
    const extra = { epoch, notes: this.task.notes?.() ?? null };
    return io.saveCheckpoint({ ...this.#parts(), step, extra });
  }

  /** Goes back to where the snapshot was taken, and on with the same bits unless settings have changed since. */
  restore(snapshot: Snapshot): void {
    if (!snapshot.checkpoint) return this.restart(snapshot);
    this.#begin();
    io.loadCheckpoint(snapshot.checkpoint, this.#parts());
    this.task.tune?.(this.#optimizer);
    this.#epoch = null;
  }

  /** Goes back to known parameters, with an optimiser that remembers nothing. */
  restart({ parameters, step }: Snapshot): void {
    this.task.model.loadStateDict(parameters());
    this.#begin();
    for (let done = 0; done < step; done++) this.#schedule?.step();
  }

  #begin(): void {
    this.#optimizer = this.task.makeOptimizer();
    this.#schedule = this.task.makeSchedule?.(this.#optimizer) ?? null;
    this.#steps = compileSteps(this.task, this.#optimizer);
  }

  #parts(): io.CheckpointParts {
    const { model, batches, batchSize } = this.task;
    const scheduler = this.#schedule;
    const loader: io.Stateful = {
      stateDict: () => batches.stateDict(),
      // Batches of another size have an order of their own.
      loadStateDict(state: data.DataLoaderState) {
        if (state.batchSize === batchSize) batches.loadStateDict(state);
      },
    };
    return { model, optimizer: this.#optimizer, loader, ...(scheduler ? { scheduler } : {}) };
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

type Step = (x: Tensor, y: Tensor) => Tensor;
/** Gives the loss and, where there are layers to watch, the numbers of a `LayerReading`. */
type WatchedStep = (x: Tensor, y: Tensor) => readonly [loss: Tensor, gradients?: Tensor, updates?: Tensor];

/** Both are traced at their first call and replayed from then on. */
function compileSteps({ model, augment, clipNorm = 0 }: Task, optimizer: Optimizer): [Step, WatchedStep] {
  const step: Step = (x, y) => {
    const loss = F.crossEntropy(...answers(model.forward(augment ? augment(x) : x), y));
    optimizer.zeroGrad();
    loss.backward();
    if (clipNorm > 0) optim.clipGradNorm(model.parameters(), clipNorm);
    optimizer.step();
    return loss;
  };
  const watched: WatchedStep = (x, y) => {
    const [loss, layers] = watchStep(model, () => step(x, y));
    return layers ? [loss, layers.gradients, layers.updates] : [loss];
  };
  // Not joined: a run that is resumed or forked has the same bits.
  const apart = { join: false };
  return [
    compile(step, apart),
    compile(watched as (x: Tensor, y: Tensor) => readonly Tensor[], apart) as unknown as WatchedStep,
  ];
}
