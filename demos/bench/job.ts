/**
 * One thing at a time, while the page is in sight: browsers slow down what nobody sees, and two measurements at once
 * would slow down each other. Knows nothing of what is measured.
 */
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { reasonOf } from './run-case.ts';

export interface Job {
  /** What is being done now; null where nothing is. */
  readonly progress: ReadonlySignal<string | null>;
  /** Why the last run ended early, or why none can begin. */
  readonly problem: Signal<string | null>;
  /** Does nothing while another runs. */
  run(work: (say: (what: string) => void, stopped: AbortSignal) => Promise<void>): Promise<void>;
  stop(): void;
}

const HIDDEN = 'The page was not in sight, and browsers slow down what nobody sees. Keep it in front and run again.';

export function createJob(): Job {
  const progress = signal<string | null>(null);
  const problem = signal<string | null>(null);
  let controller: AbortController | null = null;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) controller?.abort(new Error(HIDDEN));
  });
  return {
    progress,
    problem,
    async run(work) {
      if (controller) return;
      problem.value = document.hidden ? HIDDEN : null;
      if (document.hidden) return;
      const { signal: stopped } = (controller = new AbortController());
      progress.value = 'starting';
      try {
        await work((what) => (progress.value = what), stopped);
      } catch (error) {
        if (!stopped.aborted) problem.value = reasonOf(error);
        else if (stopped.reason instanceof Error) problem.value = reasonOf(stopped.reason);
      } finally {
        controller = null;
        progress.value = null;
      }
    },
    stop: () => controller?.abort('stopped'),
  };
}
