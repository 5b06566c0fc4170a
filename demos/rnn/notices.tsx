/** What the lab says above its pictures: what every lab says, and pre-training under way. */
import type { JSX } from 'preact';
import { Button } from '../shared/controls.tsx';
import { formatCount, formatLoss } from '../shared/format.ts';
import { LabNotices } from '../shared/lab-notices.tsx';
import type { RnnStore } from './store.ts';
import './notices.css';

export function Notices({ store }: { store: RnnStore }): JSX.Element {
  const progress = store.pretraining.progress.value;
  if (!progress) return <LabNotices store={store} />;
  const { step, steps, loss } = progress;
  return (
    <>
      <LabNotices store={store} />
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
    </>
  );
}
