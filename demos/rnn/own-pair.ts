/** The pair that a reader looks into: two sentences, and the words that are struck out of them. Draws nothing. */
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Place } from './pairs-probe.ts';

export interface OwnPair {
  readonly first: string;
  readonly second: string;
  /** Where it is known. */
  readonly label: number | null;
  /** `sentence.at` */
  readonly struck: ReadonlySet<string>;
}

export interface OwnPairStore {
  readonly pair: ReadonlySignal<OwnPair | null>;
  readonly set: (first: string, second: string, label?: number | null) => void;
  readonly turn: (place: Place) => void;
  readonly restore: () => void;
  /** The first pair of the data again, once there is some. */
  readonly clear: () => void;
}

export const placeKey = ({ sentence, at }: Place): string => `${sentence}.${at}`;

export function createOwnPair(): OwnPairStore {
  const pair = signal<OwnPair | null>(null);
  return {
    pair,
    set(first, second, label = null) {
      pair.value = { first, second, label, struck: new Set() };
    },
    turn(place) {
      const own = pair.peek();
      if (!own) return;
      const struck = new Set(own.struck);
      const key = placeKey(place);
      if (!struck.delete(key)) struck.add(key);
      pair.value = { ...own, struck };
    },
    clear() {
      pair.value = null;
    },
    restore() {
      const own = pair.peek();
      if (own) pair.value = { ...own, struck: new Set() };
    },
  };
}
