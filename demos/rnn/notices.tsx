/** What the lab says above its pictures: files that cannot be used, pre-training under way, a run that cannot go on. */
import type { JSX } from 'preact';
import { Button } from '../shared/controls.tsx';
import { formatCount, formatLoss } from '../shared/format.ts';
import { DivergenceNotice, Notice } from '../shared/problem.tsx';
import type { RnnStore } from './store.ts';

export function Notices({ store }: { store: RnnStore }): JSX.Element | null {
  const { run } = store;
  const problem = store.problem.value;
  if (problem) {
    const dismiss = (
      <Button label="Close" onPress={store.dismiss}>
        Close
      </Button>
    );
    return (
      <Notice title="The files were not used; the training goes on" action={dismiss}>
        {problem}
      </Notice>
    );
  }
  const progress = store.pretraining.progress.value;
  if (progress) {
    const { step, steps, loss } = progress;
    return (
      <div class="pretraining" role="status">
        <p>
          Pre-training: guessing masked words, step {formatCount(step)}
          {steps > 0 && ` of ${formatCount(steps)}`}
          {Number.isFinite(loss) && `, loss ${formatLoss(loss)}`}
        </p>
        <progress max={Math.max(1, steps)} value={step} aria-label="Pre-training" />
        <Button label="That is enough" onPress={store.pretraining.enough}>
          That is enough
        </Button>
      </div>
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
  return divergence ? <DivergenceNotice divergence={divergence} /> : null;
}
