/**
 * A kernel that a reader changes: compiled in its place, checked as the case is, and timed beside the one that ships.
 * Knows no DOM.
 */
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { ProfiledDispatch } from '../../../src/index.ts';
import { loadEngine } from '../engine.ts';
import type { Job } from '../job.ts';
import { preparation, reasonOf } from '../run-case.ts';
import { median } from '../statistics.ts';
import { lengthOf, type Profiled } from './profiled.ts';

export interface EditStore {
  /** What is being written; null while nothing is. */
  readonly draft: Signal<string | null>;
  readonly verdict: ReadonlySignal<Verdict | null>;
  /** Begins with a text, or ends with null. */
  begin(text: string | null): void;
  /** Of the dispatch at an index of a profile. */
  run(profiled: Profiled, index: number, wgsl: string): Promise<void>;
}

/** What came of a changed kernel. */
export interface Verdict {
  /** Of a compilation that failed, or a result that is wrong. */
  readonly problem: string | null;
  /** Milliseconds of the dispatch as it ships and as it was changed; null where the device has no timestamps. */
  readonly times: readonly [before: number, after: number] | null;
  readonly error: number | null;
}

/** Steps of which the middle one counts, with the kernel that ships and with the changed one. */
const STEPS = 5;

export function createEditStore(job: Job): EditStore {
  const draft = signal<string | null>(null);
  const verdict = signal<Verdict | null>(null);
  return {
    draft,
    verdict,
    begin(text) {
      draft.value = text;
      verdict.value = null;
    },
    run: ({ work, profile: { dispatches } }, index, wgsl) =>
      job.run(async (say, stopped) => {
        const dispatch = dispatches[index];
        if (!dispatch) return;
        verdict.value = null;
        const [engine, { editKernel, profile }] = await Promise.all([
          loadEngine('wgrad'),
          import('../../../src/index.ts'),
        ]);
        const timeOf = async (text: string | null): Promise<{ error: number; time: number | null }> => {
          editKernel(dispatch, text);
          const prepared = await preparation(engine, work)();
          try {
            await prepared.run(1);
            await prepared.ready?.();
            const { error } = await prepared.check();
            const found: (ProfiledDispatch | undefined)[] = [];
            for (let turn = 0; turn < STEPS; turn++) {
              stopped.throwIfAborted();
              found.push((await profile(() => prepared.run(1))).dispatches[index]);
            }
            if (found[0]?.compiled !== dispatch.compiled)
              throw new Error(
                'The step does not run this kernel any more: others were measured since. Profile it again.',
              );
            const times = found.map((each) => lengthOf(each?.gpu ?? null));
            return { error, time: found[0]?.gpu ? median(times) : null };
          } finally {
            prepared.dispose();
          }
        };
        try {
          say(`${dispatch.entryPoint} · as it ships`);
          const before = await timeOf(null);
          say(`${dispatch.entryPoint} · as it was changed`);
          const after = await timeOf(wgsl);
          const times = before.time !== null && after.time !== null ? ([before.time, after.time] as const) : null;
          verdict.value = { problem: null, times, error: after.error };
        } catch (problem) {
          if (stopped.aborted) throw problem;
          verdict.value = { problem: reasonOf(problem), times: null, error: null };
        } finally {
          editKernel(dispatch, null);
        }
      }),
  };
}
