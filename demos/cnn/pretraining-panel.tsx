/** Pre-training: how far it is, and how well the network tells the classes apart that it may see. */
import type { JSX } from 'preact';
import { LineChart } from '../shared/chart.tsx';
import { Button } from '../shared/controls.tsx';
import { formatCount, formatPercent } from '../shared/format.ts';
import type { TransferStore } from './transfer-store.ts';
import './contest.css';

const SERIES = [{ name: 'pretraining', label: 'All classes but two', color: '--series-1' }] as const;

export function PretrainingPanel({ store }: { store: TransferStore }): JSX.Element {
  void store.version.value;
  const contest = store.task.value;
  const { runner, steps, left } = contest?.pretraining ?? { runner: null, steps: 0, left: 0 };
  const step = runner?.step ?? 0;
  const known = formatPercent(runner?.marks.at(-1)?.test.accuracy);
  const says = !contest
    ? 'Pre-training is being prepared.'
    : left > 0
      ? `Pre-training on the other eight classes: step ${formatCount(step)} of ${formatCount(steps)}.`
      : step > 0
        ? `Pre-trained on the other eight classes, ${formatCount(step)} of ${formatCount(steps)} steps: ${known} of their test images right.`
        : 'Not pre-trained: the bodies are random.';
  return (
    <section class="pretrained" aria-label="Pre-training">
      <div class="pretrained-head">
        <p role="status">{says}</p>
        {left > 0 ? (
          <Button label="That is enough" onPress={() => store.enough()}>
            That is enough
          </Button>
        ) : (
          <Button label="Pre-train again" disabled={!contest || steps === 0} onPress={() => store.again()}>
            Pre-train again
          </Button>
        )}
        {left > 0 && <progress max={Math.max(1, steps)} value={step} aria-label="Pre-training" />}
      </div>
      <LineChart
        title="Pre-training: test accuracy"
        xLabel="Step"
        yLabel="Images right"
        curves={store.leadingCurves.steps.accuracy}
        version={store.version}
        series={SERIES}
        format={formatPercent}
        axisFormat={(value) => `${Math.round(value * 100)} %`}
        range={[0, 1]}
        empty="Accuracy will appear here"
      />
    </section>
  );
}
