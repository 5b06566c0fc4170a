/** The CNN lab: its parts in the places that the shell has for them. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { LineChart, type ChartSeries } from '../shared/chart.tsx';
import { Button } from '../shared/controls.tsx';
import { listenForFiles } from '../shared/drop.ts';
import { formatCount, formatLoss, formatPercent, formatRate, formatTick } from '../shared/format.ts';
import { CannotStart, DivergenceNotice, Notice } from '../shared/problem.tsx';
import type { RunStore } from '../shared/run-store.ts';
import { Scrubber } from '../shared/scrubber.tsx';
import { Shell, type Readout } from '../shared/shell.tsx';
import { ControlsPanel } from './controls-panel.tsx';
import { describe } from './settings.ts';
import type { CnnStore } from './store.ts';
import { Views } from './views.tsx';
import './cnn.css';

const SERIES: readonly ChartSeries[] = [
  // First, so that it lies under the others.
  { name: 'left', label: 'left behind', color: '--line-strong', optional: true },
  { name: 'train', label: 'train', color: '--series-1' },
  { name: 'test', label: 'test', color: '--series-2', dashed: true },
];

export function Lab({ store }: { store: CnnStore }): JSX.Element {
  const { run, change } = store;
  const config = store.config.value;
  const fatal = store.fatal.value;
  useEffect(() => listenForFiles(store.open), []);
  const mark = useComputed(() => run.past.value?.moment.step ?? null);
  return (
    <Shell
      name="CNN"
      run={run}
      adapter={store.adapter}
      failed={fatal !== null}
      panelOpen={config.panel}
      onPanel={(panel) => change({ panel })}
      onReset={store.reset}
      configuration={describe(config)}
      controls={<ControlsPanel config={config} onChange={change} onFiles={store.open} />}
      readouts={readouts(run)}
      notices={<Notices store={store} />}
      stage={
        fatal ? (
          <CannotStart error={fatal} />
        ) : (
          <>
            <Views store={store} />
            <Scrubber run={run} />
          </>
        )
      }
      side={
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
            series={SERIES}
            mark={mark}
            format={formatPercent}
            axisFormat={(value) => `${Math.round(value * 100)} %`}
            range={[0, 1]}
            empty="Accuracy will appear here"
          />
        </>
      }
      status={fatal ? null : <Status run={run} />}
    />
  );
}

function readouts(run: RunStore): Readout[] {
  const { step, epoch, loss, train, test } = run.progress.value;
  return [
    { label: 'Step', value: formatCount(step) },
    { label: 'Epoch', value: epoch < 10 ? epoch.toFixed(1) : formatCount(Math.floor(epoch)) },
    { label: 'Loss', value: formatLoss(loss) },
    { label: 'Train accuracy', value: formatPercent(train?.accuracy) },
    { label: 'Test accuracy', value: formatPercent(test?.accuracy) },
  ];
}

function Notices({ store }: { store: CnnStore }): JSX.Element | null {
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
  const divergence = run.divergence.value;
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
  return divergence ? <DivergenceNotice divergence={divergence} /> : null;
}

const STATES = {
  loading: 'Preparing…',
  paused: 'Paused',
  playing: 'Training',
  finished: 'Finished',
  diverged: 'Stopped',
} as const;

function Status({ run }: { run: RunStore }): JSX.Element {
  const { examplesPerSecond, cost } = run.progress.value;
  return (
    <>
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
