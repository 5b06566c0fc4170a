/**
 * Schedules that follow a cosine.
 */
import type { Optimizer } from '../optimizer.ts';
import { requireAtLeast } from '../param-groups.ts';
import { LRScheduler } from './scheduler.ts';

const cosine = (low: number, high: number, part: number): number =>
  low + ((high - low) * (1 + Math.cos(Math.PI * part))) / 2;

/** Half a cosine from the initial rate to `etaMin`, and back if it goes on. Loshchilov & Hutter 2017, arXiv:1608.03983. */
export class CosineAnnealingLR extends LRScheduler {
  private readonly tMax: number;
  private readonly etaMin: number;

  constructor(optimizer: Optimizer, tMax: number, { etaMin = 0 }: { etaMin?: number } = {}) {
    requireAtLeast('CosineAnnealingLR', 'tMax', tMax, 1);
    super(optimizer);
    this.tMax = tMax;
    this.etaMin = etaMin;
  }

  /** From the rate before, so that other schedules can act on the same optimiser. */
  protected override rate(lr: number, base: number): number {
    const { tMax, etaMin, lastEpoch: t } = this;
    if ((t - 1 - tMax) % (2 * tMax) === 0) return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    const factor = (1 + Math.cos((Math.PI * t) / tMax)) / (1 + Math.cos((Math.PI * (t - 1)) / tMax));
    return factor * (lr - etaMin) + etaMin;
  }
}

/** Half a cosine over `t0` steps, started again each time, over `tMult` times as many. */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  private readonly t0: number;
  private readonly tMult: number;
  private readonly etaMin: number;

  constructor(optimizer: Optimizer, t0: number, { tMult = 1, etaMin = 0 }: { tMult?: number; etaMin?: number } = {}) {
    requireAtLeast('CosineAnnealingWarmRestarts', 't0', t0, 1);
    requireAtLeast('CosineAnnealingWarmRestarts', 'tMult', tMult, 1);
    super(optimizer);
    [this.t0, this.tMult, this.etaMin] = [t0, tMult, etaMin];
  }

  protected override rate(_: number, base: number): number {
    let [at, length] = [this.lastEpoch, this.t0];
    for (; at >= length; length *= this.tMult) at -= length;
    return cosine(this.etaMin, base, at / length);
  }
}
