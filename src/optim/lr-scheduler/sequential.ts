/**
 * One schedule after another.
 */
import type { Optimizer } from '../optimizer.ts';
import { LRScheduler, type SchedulerState } from './scheduler.ts';

/** One schedule until its milestone, then the next, each counting from 0. */
export class SequentialLR extends LRScheduler {
  private readonly schedulers: readonly LRScheduler[];
  private readonly milestones: readonly number[];

  constructor(optimizer: Optimizer, schedulers: readonly LRScheduler[], milestones: readonly number[]) {
    if (schedulers.length !== milestones.length + 1)
      throw new Error(
        `SequentialLR: ${schedulers.length} schedulers need ${schedulers.length - 1} milestones, got ${milestones.length}.`,
      );
    if (schedulers.some((scheduler) => scheduler.optimizer !== optimizer))
      throw new Error('SequentialLR: a scheduler belongs to another optimizer. Make all with the same.');
    super(optimizer);
    this.schedulers = schedulers;
    this.milestones = milestones;
    // Those that set the rate when they are made have set it one upon the other.
    this.schedulers[0]!.restart();
    this.lastLr = this.schedulers[0]!.getLastLr();
  }

  override step(): void {
    this.lastEpoch++;
    const now = this.milestones.filter((milestone) => milestone <= this.lastEpoch).length;
    const scheduler = this.schedulers[now]!;
    if (this.lastEpoch === this.milestones[now - 1]) scheduler.restart();
    else scheduler.step();
    this.lastLr = scheduler.getLastLr();
  }

  override stateDict(): SchedulerState {
    return { ...super.stateDict(), schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  override loadStateDict({ schedulers, ...own }: SchedulerState): void {
    super.loadStateDict(own);
    (schedulers as readonly SchedulerState[]).forEach((state, index) => this.schedulers[index]!.loadStateDict(state));
  }

  protected override rate(lr: number): number {
    return lr;
  }
}
