/** The CNN lab: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button } from '../shared/controls.tsx';
import { listenForFiles } from '../shared/drop.ts';
import { formatCount } from '../shared/format.ts';
import { CannotStart, DivergenceNotice, Notice } from '../shared/problem.tsx';
import { readouts, RunCharts, RunStatus } from '../shared/run-panels.tsx';
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
      side={<RunCharts run={run} />}
      status={fatal ? null : <RunStatus run={run} />}
    />
  );
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
