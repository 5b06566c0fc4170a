/** What every lab says above its stage: what could not be had, what went wrong, and a run that an earlier visit left. */
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Button } from './controls.tsx';
import { formatCount } from './format.ts';
import type { Problem } from './lab-store.ts';
import { DivergenceNotice, Notice } from './problem.tsx';
import type { RunStore } from './run-store.ts';

/** Of a lab's store. */
export interface Noticed {
  readonly run: RunStore;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly dismiss: () => void;
  readonly recover: () => Promise<void>;
  readonly left: ReadonlySignal<{ readonly step: number } | null>;
  readonly resume: (take: boolean) => void;
}

export function LabNotices({ store }: { store: Noticed }): JSX.Element | null {
  const { run } = store;
  const problem = store.problem.value;
  if (problem) {
    const close = (
      <Button label="Close" onPress={store.dismiss}>
        Close
      </Button>
    );
    return (
      <Notice title={problem.title} action={close}>
        {problem.text}
      </Notice>
    );
  }
  const error = run.error.value;
  if (error && /device was lost/.test(error.message)) {
    const rebuild = (
      <Button label="Rebuild the model" onPress={() => void store.recover()}>
        Rebuild the model
      </Button>
    );
    return (
      <Notice title="The graphics device was lost" action={rebuild}>
        The parameters of step {formatCount(run.moments.value.at(-1)?.step ?? 0)} are still known: the model can be
        rebuilt with them.
      </Notice>
    );
  }
  if (error) return <Notice title="Something went wrong">{error.message}</Notice>;
  const divergence = run.divergence.value;
  if (divergence) return <DivergenceNotice divergence={divergence} />;
  const left = store.left.value;
  if (!left) return null;
  return (
    <div class="resume" role="status">
      <span>This training was left at step {formatCount(left.step)}.</span>
      <Button label="Resume" onPress={() => store.resume(true)}>
        Resume
      </Button>
      <Button label="Not now" variant="quiet" onPress={() => store.resume(false)}>
        Not now
      </Button>
    </div>
  );
}
