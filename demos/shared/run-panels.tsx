/** What every lab shows of its run: its two charts, what a step costs, the numbers beside the transport, and the line at the bottom. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { memory } from '../../src/index.ts';
import { LineChart, type ChartSeries } from './chart.tsx';
import { formatBytes, formatCount, formatLoss, formatPercent, formatRate, formatTick } from './format.ts';
import type { RunStore } from './run-store.ts';
import type { Readout } from './shell.tsx';
import './run-panels.css';

const SERIES: readonly ChartSeries[] = [
  // First, so that it lies under the others.
  { name: 'left', label: 'left behind', color: '--line-strong', optional: true },
  { name: 'train', label: 'train', color: '--series-1' },
  { name: 'test', label: 'test', color: '--series-2', dashed: true },
];

const ACCURACIES: readonly ChartSeries[] = [
  ...SERIES,
  { name: 'whole', label: 'whole test set', color: '--series-3', optional: true, dots: true },
];

export function RunCharts({ run }: { run: RunStore }): JSX.Element {
  const mark = useComputed(() => run.past.value?.moment.step ?? null);
  return (
    <>
      <LineChart
        title="Loss"
        xLabel="Step"
        yLabel="Cross-entropy"
        curves={run.loss}
        version={run.version}
        series={SERIES}
        mark={mark}
        format={formatLoss}
        axisFormat={formatTick}
        allowLog
        empty="Loss will appear here"
      />
      <LineChart
        title="Accuracy"
        xLabel="Step"
        yLabel="Examples right"
        curves={run.accuracy}
        version={run.version}
        series={ACCURACIES}
        mark={mark}
        format={formatPercent}
        axisFormat={(value) => `${Math.round(value * 100)} %`}
        range={[0, 1]}
        empty="Accuracy will appear here"
      />
    </>
  );
}

export function CostPanel({ run }: { run: RunStore }): JSX.Element {
  const { cost, stepsPerSecond } = run.progress.value;
  const held = useComputed(() => (run.version.value, run.task.value ? memory() : null));
  const rows: [string, string][] = [
    ['Dispatches', cost ? formatCount(cost.dispatches) : '–'],
    ['Submits', cost ? formatCount(cost.submits) : '–'],
    ['Time', stepsPerSecond > 0 ? `${(1000 / stepsPerSecond).toPrecision(3)} ms` : '–'],
    ['Steps a second', formatRate(stepsPerSecond)],
    [
      'GPU memory held',
      held.value ? `${formatBytes(held.value.bytes)} in ${formatCount(held.value.buffers)} buffers` : '–',
    ],
  ];
  return (
    <section class="lab-section">
      <h2>What a step costs</h2>
      <dl class="cost">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function readouts(run: RunStore): Readout[] {
  const { step, epoch, loss, train, test } = run.progress.value;
  return [
    { label: 'Step', value: formatCount(step) },
    { label: 'Epoch', value: epoch < 10 ? epoch.toFixed(1) : formatCount(Math.floor(epoch)) },
    { label: 'Loss', value: formatLoss(loss) },
    { label: 'Train accuracy', value: formatPercent(train?.accuracy) },
    { label: 'Test accuracy', value: formatPercent(test?.accuracy) },
  ];
}

export const STATES = {
  loading: 'Preparing…',
  paused: 'Paused',
  playing: 'Training',
  finished: 'Finished',
  diverged: 'Stopped',
} as const;

export function RunStatus({ run }: { run: RunStore }): JSX.Element {
  const { examplesPerSecond, cost, whole } = run.progress.value;
  return (
    <>
      {whole && (
        <span title={`${formatCount(whole.size)} examples after epoch ${formatCount(whole.epoch)}`}>
          Whole test set <b>{(100 * whole.accuracy).toFixed(2)} %</b>
        </span>
      )}
      {cost && (
        <span>
          <b>{formatCount(cost.dispatches)}</b> dispatches, <b>{formatCount(cost.submits)}</b>{' '}
          {cost.submits === 1 ? 'submit' : 'submits'} a step
        </span>
      )}
      {examplesPerSecond > 0 && (
        <span>
          <b>{formatRate(examplesPerSecond)}</b> examples a second
        </span>
      )}
      <span data-testid="state">{STATES[run.state.value]}</span>
    </>
  );
}
