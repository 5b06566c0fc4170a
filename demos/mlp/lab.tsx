/** The MLP lab: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Segmented } from '../shared/controls.tsx';
import { listenForFiles } from '../shared/drop.ts';
import { FileButton } from '../shared/file-button.tsx';
import { LabNotices } from '../shared/lab-notices.tsx';
import { CannotStart } from '../shared/problem.tsx';
import { CostPanel, readouts, RunCharts, RunStatus } from '../shared/run-panels.tsx';
import { SavePanel } from '../shared/save-panel.tsx';
import { Scrubber } from '../shared/scrubber.tsx';
import { Shell } from '../shared/shell.tsx';
import { ControlsPanel } from './controls-panel.tsx';
import { ModelPanel } from './model-panel.tsx';
import { describe } from './settings.ts';
import type { MlpStore } from './store.ts';
import { Views } from './views.tsx';
import './digits.css';
import './mlp.css';

export function Lab({ store }: { store: MlpStore }): JSX.Element {
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
      notices={<LabNotices store={store} />}
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
          <SavePanel run={run} saveModel={store.saveModel} onFiles={store.files.open} />
          <ModelPanel run={run} />
          <CostPanel run={run} />
        </>
      }
      status={fatal ? null : <RunStatus run={run} />}
    />
  );
}

function TablePrompt({ store }: { store: MlpStore }): JSX.Element {
  return (
    <div class="table-prompt">
      <p>Drop a CSV file here: one row an example, one column with the class. It stays on this computer.</p>
      <FileButton label="Choose a CSV file…" accept=".csv,.tsv,.txt,.gz" onFiles={store.files.open} />
    </div>
  );
}
