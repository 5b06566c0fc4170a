/** The CNN lab: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listenForFiles } from '../shared/drop.ts';
import { LabNotices } from '../shared/lab-notices.tsx';
import { CannotStart } from '../shared/problem.tsx';
import { CostPanel, readouts, RunCharts, RunStatus } from '../shared/run-panels.tsx';
import { SavePanel } from '../shared/save-panel.tsx';
import { Scrubber } from '../shared/scrubber.tsx';
import { Shell } from '../shared/shell.tsx';
import { ControlsPanel } from './controls-panel.tsx';
import { describe } from './settings.ts';
import type { CnnStore } from './store.ts';
import { Views } from './views.tsx';
import './cnn.css';

export function Lab({ store }: { store: CnnStore }): JSX.Element {
  const { run, change } = store;
  const config = store.config.value;
  const fatal = store.fatal.value;
  useEffect(() => listenForFiles(store.open), []);
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
      header={
        <>
          <a href="compare.html">Compare</a>
          <a href="transfer.html">Transfer</a>
        </>
      }
      controls={<ControlsPanel config={config} onChange={change} onFiles={store.open} />}
      readouts={readouts(run)}
      notices={<LabNotices store={store} />}
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
          <RunCharts run={run} />
          <SavePanel run={run} saveModel={store.saveModel} onFiles={store.open} />
          <CostPanel run={run} />
        </>
      }
      status={fatal ? null : <RunStatus run={run} />}
    />
  );
}
