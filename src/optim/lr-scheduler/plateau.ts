/**
 * The schedule that follows a metric.
 */
import type { Optimizer } from '../optimizer.ts';
import { LRScheduler, type SchedulerState } from './scheduler.ts';

export interface PlateauOptions {
  /** Whether the metric shall fall or rise. */
  mode?: 'min' | 'max';
  factor?: number;
  /** Steps without progress that are waited for. */
  patience?: number;
  threshold?: number;
  /** Progress as a share of the best, or as a difference. */
  thresholdMode?: 'rel' | 'abs';
  /** Steps after a reduction in which none are counted. */
  cooldown?: number;
  minLr?: number;
  /** Smaller changes of the rate are not made. */
  eps?: number;
}

/** Reduces the rate when a metric stops improving. */
export class ReduceLROnPlateau extends LRScheduler {
  private readonly options: Required<PlateauOptions>;
  private best: number | null = null;
  private bad = 0;
  private cooling = 0;

  constructor(optimizer: Optimizer, options: PlateauOptions = {}) {
    super(optimizer);
    this.options = {
      mode: 'min',
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: 'rel',
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
      ...options,
    };
    if (!(this.options.factor < 1))
      throw new Error(`ReduceLROnPlateau: factor must be below 1, got ${this.options.factor}.`);
  }

  /** @param metric a number, such as `await loss.item()` */
  override step(metric?: number): void {
    if (typeof metric !== 'number')
      throw new Error('ReduceLROnPlateau: step() needs a number to watch. Pass await loss.item().');
    const { patience, cooldown } = this.options;
    this.lastEpoch++;
    if (this.isBetter(metric)) [this.best, this.bad] = [metric, 0];
    else this.bad++;
    if (this.cooling > 0) [this.cooling, this.bad] = [this.cooling - 1, 0];
    if (this.bad > patience) {
      this.apply();
      [this.cooling, this.bad] = [cooldown, 0];
    }
    this.lastLr = this.optimizer.paramGroups.map(({ lr }) => structuredClone(lr));
  }

  override stateDict(): SchedulerState {
    const { best, bad, cooling } = this;
    return { ...super.stateDict(), best, bad, cooling };
  }

  protected override rate(lr: number): number {
    const { factor, minLr, eps } = this.options;
    const reduced = Math.max(lr * factor, minLr);
    return lr - reduced > eps ? reduced : lr;
  }

  private isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    if (this.best === null) return !Number.isNaN(metric);
    const sign = mode === 'min' ? -1 : 1;
    const bound = thresholdMode === 'rel' ? this.best * (1 + sign * threshold) : this.best + sign * threshold;
    return sign * metric > sign * bound;
  }
}
