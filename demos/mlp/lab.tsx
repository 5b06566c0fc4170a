/** The MLP lab: its parts in the places that the shell has for them. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { LineChart, type ChartSeries } from '../shared/chart.tsx';
import { Button, Segmented } from '../shared/controls.tsx';
import { formatCount, formatLoss, formatPercent, formatRate, formatTick } from '../shared/format.ts';
import { CannotStart, DivergenceNotice, Notice } from '../shared/problem.tsx';
import type { RunStore } from '../shared/run-store.ts';
import { listenForFiles } from '../shared/drop.ts';
import { Scrubber } from '../shared/scrubber.tsx';
import { Shell, type Readout } from '../shared/shell.tsx';
import { ControlsPanel } from './controls-panel.tsx';
import { FileButton } from './file-button.tsx';
import { CostPanel, ModelPanel } from './model-panel.tsx';
import { SavePanel } from './save-panel.tsx';
import { describe } from './settings.ts';
import type { LabStore } from './store.ts';
import { Views } from './views.tsx';
import './digits.css';
import './mlp.css';

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

export function Lab({ store }: { store: LabStore }): JSX.Element {
  const { run, change } = store;
  const config = store.config.value;
  const fatal = store.fatal.value;
  useEffect(() => listenForFiles(store.files.open), []);
  const mark = useComputed(() => run.past.value?.moment.step ?? null);
  return (
    <Shell
      name="MLP"
      run={run}
      adapter={store.adapter}
      failed={fatal !== null}
      panelOpen={config.panel}
      onPanel={(panel) => change({ panel })}
      onReset={store.reset}
      configuration={describe(config)}
      header={
        <>
          <Segmented
            legend="What to learn"
            hideLegend
            value={config.mode}
            options={[
              { value: 'plane', label: 'Points in a plane' },
              { value: 'digits', label: 'Digits' },
              { value: 'table', label: 'Your table' },
            ]}
            onChange={store.switchMode}
          />
          <a href="race.html">Race</a>
        </>
      }
      controls={<ControlsPanel config={config} onChange={change} files={store.files} />}
      readouts={readouts(run)}
      notices={<Notices store={store} />}
      stage={
        fatal ? (
          <CannotStart error={fatal} />
        ) : config.mode === 'table' && !store.files.table.value ? (
          <TablePrompt store={store} />
        ) : (
          <>
            <Views run={run} config={config} change={change} />
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
            series={ACCURACIES}
            mark={mark}
            format={formatPercent}
            axisFormat={(value) => `${Math.round(value * 100)} %`}
            range={[0, 1]}
            empty="Accuracy will appear here"
          />
          <SavePanel store={store} />
          <ModelPanel run={run} />
          <CostPanel run={run} />
        </>
      }
      status={fatal ? null : <Status run={run} />}
    />
  );
}

function TablePrompt({ store }: { store: LabStore }): JSX.Element {
  return (
    <div class="table-prompt">
      <p>Drop a CSV file here: one row an example, one column with the class. It stays on this computer.</p>
      <FileButton label="Choose a CSV file…" accept=".csv,.tsv,.txt,.gz" onFiles={store.files.open} />
    </div>
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

function Notices({ store }: { store: LabStore }): JSX.Element | null {
  const { run, files } = store;
  const problem = files.problem.value;
  if (problem) {
    const dismiss = (
      <Button label="Close" onPress={files.dismiss}>
        Close
      </Button>
    );
    return (
      <Notice title={problem.title} action={dismiss}>
        {problem.text}
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

const STATES = {
  loading: 'Preparing…',
  paused: 'Paused',
  playing: 'Training',
  finished: 'Finished',
  diverged: 'Stopped',
} as const;

function Status({ run }: { run: RunStore }): JSX.Element {
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
