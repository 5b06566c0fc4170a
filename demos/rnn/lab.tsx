/** The RNN lab: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button, Segmented } from '../shared/controls.tsx';
import { listenForFiles } from '../shared/drop.ts';
import { CannotStart } from '../shared/problem.tsx';
import { CostPanel, readouts, RunCharts, RunStatus } from '../shared/run-panels.tsx';
import { saveFile } from '../shared/save-file.ts';
import { SavePanel } from '../shared/save-panel.tsx';
import { Scrubber } from '../shared/scrubber.tsx';
import { Shell } from '../shared/shell.tsx';
import { TASKS } from './config.ts';
import { ControlsPanel } from './controls-panel.tsx';
import { MemoryCharts, memoryParts, memoryReadouts } from './memory-charts.tsx';
import { Notices } from './notices.tsx';
import { TASK_LABELS, describe } from './settings.ts';
import type { RnnStore } from './store.ts';
import { Views } from './views.tsx';
import './rnn.css';

export function Lab({ store }: { store: RnnStore }): JSX.Element {
  const { run, change, looks } = store;
  const config = store.config.value;
  const fatal = store.fatal.value;
  useEffect(() => listenForFiles(store.open), []);
  const memory = config.task === 'memory';
  return (
    <Shell
      name="RNN"
      run={run}
      adapter={store.adapter}
      failed={fatal !== null}
      panelOpen={config.panel}
      onPanel={(panel) => change({ panel })}
      onReset={store.reset}
      configuration={describe(config)}
      header={
        <Segmented
          legend="What to learn"
          hideLegend
          value={config.task}
          options={TASKS.map((value) => ({ value, label: TASK_LABELS[value] }))}
          onChange={store.switchTask}
        />
      }
      controls={
        <ControlsPanel
          config={config}
          onChange={change}
          files={store.files.value}
          encoders={store.encoders}
          onFiles={store.open}
        />
      }
      readouts={memory ? memoryReadouts(run, looks) : readouts(run)}
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
          {memory ? <MemoryCharts run={run} looks={looks} /> : <RunCharts run={run} />}
          <SavePanel
            run={run}
            {...(memory ? { curves: () => memoryParts(looks) } : {})}
            saveModel={store.saveModel}
            onFiles={store.open}
          >
            <SaveEncoder store={store} />
          </SavePanel>
          <CostPanel run={run} />
        </>
      }
      status={fatal ? null : <RunStatus run={run} />}
    />
  );
}

/** What pre-training made, which takes longer than all that comes after it. */
function SaveEncoder({ store: { pretraining, config } }: { store: RnnStore }): JSX.Element | null {
  const encoder = pretraining.newest.value;
  const { task, model } = config.value;
  if (!encoder || task !== 'pairs' || model !== 'bert') return null;
  return (
    <Button
      label="Encoder"
      icon="save"
      title="As pre-training left it, with its words. Drop it on this page to begin from it again."
      onPress={() => saveFile('encoder.safetensors', encoder as Uint8Array<ArrayBuffer>, 'application/octet-stream')}
    >
      Encoder
    </Button>
  );
}
