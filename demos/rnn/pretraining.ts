/**
 * Pre-trained encoders, made when a configuration asks for one and kept for the next that asks for the same. Draws
 * nothing.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { encode } from '../shared/address.ts';
import { DEFAULTS, schema, type RnnConfig } from './config.ts';
import type { PairData } from './pairs.ts';
import { pretrain, type PretrainProgress } from './pretrain.ts';

export interface Pretraining {
  readonly progress: ReadonlySignal<PretrainProgress | null>;
  /** The newest: an encoder as the lab takes it again. */
  readonly newest: ReadonlySignal<Uint8Array | null>;
  /**
   * @param version changes with the data
   * @param wanted is asked between steps
   */
  readonly weightsFor: (
    config: RnnConfig,
    given: PairData,
    version: number,
    wanted: () => boolean,
  ) => Promise<Uint8Array>;
  /** Ends the one under way: what it has learnt so far is used. */
  readonly enough: () => void;
}

export function createPretraining(): Pretraining {
  const progress = signal<PretrainProgress | null>(null);
  const newest = signal<Uint8Array | null>(null);
  /** What the newest was made for. */
  let made: string | null = null;
  let enough = false;
  /** Counts those that began: one that was overtaken tells nothing more. */
  let begun = 0;
  return {
    progress,
    newest,
    enough: () => (enough = true),
    async weightsFor(config, given, version, wanted) {
      const key = `${keyOf(config)} ${version}`;
      if (made === key && newest.value) return newest.value;
      enough = false;
      const mine = ++begun;
      const tell = (now: PretrainProgress | null): void => {
        if (mine === begun) progress.value = now;
      };
      tell({ step: 0, steps: 0, loss: Number.NaN });
      try {
        const weights = await pretrain(config, given, tell, () => wanted() && !enough);
        if (wanted()) [made, newest.value] = [key, weights];
        return weights;
      } finally {
        tell(null);
      }
    },
  };
}

/** What the weights depend on. */
function keyOf({ source, embedding, layers, heads, length, dropout, pretrain, seed }: RnnConfig): string {
  return encode(schema, { ...DEFAULTS, source, embedding, layers, heads, length, dropout, pretrain, seed });
}
