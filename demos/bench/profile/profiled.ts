/** What a profile is, and how long its parts took. */
import type { StepProfile } from '../../../src/index.ts';
import type { Case } from '../cases/case.ts';

/** A case and what became of one step of it. */
export interface Profiled {
  readonly work: Case;
  readonly profile: StepProfile;
}

export function lengthOf(time: { readonly start: number; readonly end: number } | null): number {
  return time ? time.end - time.start : 0;
}
