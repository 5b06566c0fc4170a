/**
 * The one-cycle policy.
 */
import type { Optimizer } from '../optimizer.ts';
import { requireAtLeast, type PerMember } from '../param-groups.ts';
import { each, LRScheduler } from './scheduler.ts';

export interface OneCycleOptions {
  /** Steps of the whole cycle. */
  totalSteps: number;
  /** Share of the steps in which the rate rises. */
  pctStart?: number;
  annealStrategy?: 'cos' | 'linear';
  /** Let momentum, or beta1, fall while the rate rises, and rise while it falls. */
  cycleMomentum?: boolean;
  baseMomentum?: number;
  maxMomentum?: number;
  /** The rate starts at maxLr / divFactor. */
  divFactor?: number;
  /** It ends at that divided by this. */
  finalDivFactor?: number;
  threePhase?: boolean;
}

/** Options that hold a momentum. */
interface Swinging {
  momentum?: PerMember;
  betas?: [PerMember, PerMember];
}

/** Rate up to `maxLr` and far down again, once. Smith & Topin 2018, arXiv:1708.07120. */
export class OneCycleLR extends LRScheduler {
  private readonly maxLr: number | readonly number[];
  private readonly options: Required<OneCycleOptions>;

  /** @param maxLr of all groups, or a list with one for each */
  constructor(optimizer: Optimizer, maxLr: number | readonly number[], options: OneCycleOptions) {
    requireAtLeast('OneCycleLR', 'totalSteps', options.totalSteps, 1);
    const { pctStart = 0.3 } = options;
    if (!(pctStart >= 0 && pctStart <= 1))
      throw new Error(`OneCycleLR: pctStart must be from 0 to 1, got ${pctStart}.`);
    super(optimizer);
    this.maxLr = maxLr;
    this.options = {
      pctStart,
      annealStrategy: 'cos',
      cycleMomentum: true,
      baseMomentum: 0.85,
      maxMomentum: 0.95,
      divFactor: 25,
      finalDivFactor: 1e4,
      threePhase: false,
      ...options,
    };
    const swings = (group: object): boolean => 'betas' in group || Boolean((group as Swinging).momentum);
    if (this.options.cycleMomentum && !optimizer.paramGroups.every(swings))
      throw new Error(
        'OneCycleLR: the optimizer has no momentum to cycle. Give it some, or pass { cycleMomentum: false }.',
      );
    this.apply();
  }

  override step(): void {
    const { totalSteps } = this.options;
    if (this.lastEpoch >= totalSteps)
      throw new Error(`OneCycleLR: the cycle has ${totalSteps} steps and is over. Make totalSteps larger, or stop.`);
    super.step();
  }

  protected override apply(): void {
    super.apply();
    const { cycleMomentum, baseMomentum: low, maxMomentum: high } = this.options;
    if (!cycleMomentum) return;
    const momentum = this.at([high, low, high, high]);
    for (const group of this.optimizer.paramGroups as readonly Swinging[])
      if (group.betas) group.betas[0] = each(group.betas[0], () => momentum);
      else group.momentum = each(group.momentum!, () => momentum);
  }

  protected override first(lr: number, base: number, group: number): number {
    return this.rate(lr, base, group);
  }

  protected override rate(_lr: number, _base: number, group: number): number {
    const { divFactor, finalDivFactor } = this.options;
    const peak = typeof this.maxLr === 'number' ? this.maxLr : this.maxLr[group]!;
    const start = peak / divFactor;
    return this.at([start, peak, start, start / finalDivFactor]);
  }

  /** Where the cycle stands between a start, the peak, the middle (of three phases), and the end. */
  private at([start, peak, middle, end]: readonly [number, number, number, number]): number {
    const { totalSteps, pctStart, threePhase, annealStrategy } = this.options;
    const up = pctStart * totalSteps - 1;
    const phases = threePhase
      ? [
          { until: up, from: start, to: peak },
          { until: 2 * up, from: peak, to: middle },
          { until: totalSteps - 1, from: middle, to: end },
        ]
      : [
          { until: up, from: start, to: peak },
          { until: totalSteps - 1, from: peak, to: end },
        ];
    const now = phases.findIndex(({ until }, index) => this.lastEpoch <= until || index === phases.length - 1);
    const { until, from, to } = phases[now]!;
    const since = phases[now - 1]?.until ?? 0;
    // A phase of no steps is over when it begins.
    const part = until === since ? 1 : (this.lastEpoch - since) / (until - since);
    return annealStrategy === 'cos'
      ? to + ((from - to) / 2) * (1 + Math.cos(Math.PI * part))
      : from + (to - from) * part;
  }
}
