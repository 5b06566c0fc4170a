/**
 * Learning-rate schedules, with the names and the sequences of torch.optim.lr_scheduler.
 *
 * Most schedules are a factor of the group's initial rate that follows from the number of steps, or what a step does to
 * the rate it finds; several of the latter kind can share an optimiser. Nothing here is planned: rates are run-time
 * scalars.
 */
import type { Optimizer } from '../optimizer.ts';
import type { PerMember } from '../param-groups.ts';

/** Applies a number to a rate, or to the rate of each member. */
export function each(rate: PerMember, change: (rate: number, member: number) => number): PerMember {
  return typeof rate === 'number' ? change(rate, 0) : rate.map(change);
}

/** What `stateDict` gives: plain data. */
export type SchedulerState = Readonly<Record<string, unknown>>;

export abstract class LRScheduler {
  readonly optimizer: Optimizer;
  /** Of each group, the rate that the schedule starts from. */
  protected baseLrs: readonly PerMember[];
  /** Steps so far. */
  lastEpoch = 0;
  protected lastLr: readonly PerMember[];

  constructor(optimizer: Optimizer) {
    this.optimizer = optimizer;
    for (const group of optimizer.paramGroups) initial.set(group, initial.get(group) ?? structuredClone(rateOf(group)));
    this.baseLrs = optimizer.paramGroups.map((group) => initial.get(group)!);
    this.lastLr = this.rates();
  }

  /** Advances by one; call it behind `optimizer.step()`, or once an epoch. */
  step(): void {
    this.lastEpoch++;
    this.apply();
  }

  /** The rates of the groups that were set last. */
  getLastLr(): readonly PerMember[] {
    return this.lastLr;
  }

  stateDict(): SchedulerState {
    const { lastEpoch, lastLr, baseLrs } = this;
    return structuredClone({ lastEpoch, lastLr, baseLrs });
  }

  /** Goes on from what `stateDict` gave. The rates themselves are in the optimiser's state. */
  loadStateDict(state: SchedulerState): void {
    if (!Number.isInteger(state['lastEpoch']))
      throw new Error(`${this.constructor.name}: loadStateDict: there is no lastEpoch. Pass what stateDict() gave.`);
    Object.assign(this, structuredClone(state));
  }

  /** Begins again, from the initial rates. */
  restart(): void {
    this.optimizer.paramGroups.forEach((group, index) => {
      group.lr = structuredClone(this.baseLrs[index]!);
    });
    this.lastEpoch = 0;
    this.apply();
  }

  /** Sets the rates for `lastEpoch`. */
  protected apply(): void {
    const { paramGroups } = this.optimizer;
    paramGroups.forEach((group, index) => {
      group.lr = each(rateOf(group), (lr, member) => {
        const base = this.baseLrs[index]!;
        const start = typeof base === 'number' ? base : base[member]!;
        return this.lastEpoch === 0 ? this.first(lr, start, index) : this.rate(lr, start, index);
      });
    });
    this.lastLr = this.rates();
  }

  /** The rate before any step, from what the group had. */
  protected first(lr: number, _base: number, _group: number): number {
    return lr;
  }

  /** The rate of a step, from the one before and the initial one. */
  protected abstract rate(lr: number, base: number, group: number): number;

  private rates(): PerMember[] {
    return this.optimizer.paramGroups.map((group) => structuredClone(rateOf(group)));
  }
}

type Group = Optimizer['paramGroups'][number];

/** The rates that schedules start from, as PyTorch's initial_lr. */
const initial = new WeakMap<Group, PerMember>();

function rateOf(group: Group): PerMember {
  return group.lr;
}
