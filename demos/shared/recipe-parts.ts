/** What the recipes of the labs have in common. Knows no lab. */
import { getGeneratorState, setGeneratorState } from '../../src/index.ts';

/** What takes random numbers without taking them from the run. */
export function unseeded<T>(make: () => T): T {
  const state = getGeneratorState();
  try {
    return make();
  } finally {
    setGeneratorState(state);
  }
}
