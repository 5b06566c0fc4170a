/** The MLP lab: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button, Segmented } from '../shared/controls.tsx';
import { formatCount } from '../shared/format.ts';
import { CannotStart, DivergenceNotice, Notice } from '../shared/problem.tsx';
import { readouts, RunCharts, RunStatus } from '../shared/run-panels.tsx';
import { listenForFiles } from '../shared/drop.ts';
import { Scrubber } from '../shared/scrubber.tsx';
import { Shell } from '../shared/shell.tsx';
import { ControlsPanel } from './controls-panel.tsx';
import { FileButton } from './file-button.tsx';
import { CostPanel, ModelPanel } from './model-panel.tsx';
import { SavePanel } from './save-panel.tsx';
import { describe } from './settings.ts';
import type { LabStore } from './store.ts';
import { Views } from './views.tsx';
import './digits.css';
import './mlp.css';

export function Lab({ store }: { store: LabStore }): JSX.Element {
  const { run, change } = store;
  const config = store.config.value;
  const fatal = store.fatal.value;
  useEffect(() => listenForFiles(store.files.open), []);
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
          <RunCharts run={run} />
          <SavePanel store={store} />
          <ModelPanel run={run} />
          <CostPanel run={run} />
        </>
      }
      status={fatal ? null : <RunStatus run={run} />}
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
