/** What the benchmark's page shows. Knows the store, and nothing of how anything is measured. */
import type { JSX } from 'preact';
import { Button, Segmented } from '../shared/controls.tsx';
import { theme, toggleTheme } from '../shared/theme.ts';
import '../shared/theme.css';
import '../shared/shell.css';
import '../shared/controls.css';
import '../shared/fields.css';
import './bench.css';
import { CASES } from './cases/index.ts';
import { ENGINES } from './engine.ts';
import { adapterName } from './environment.ts';
import type { BenchStore, Depth } from './page-store.ts';
import { ResultsTable } from './results-table.tsx';

const DEPTHS: readonly { value: Depth; label: string }[] = [
  { value: 'quick', label: 'Quick' },
  { value: 'full', label: 'Full' },
];

export function BenchPage({ store }: { store: BenchStore }): JSX.Element {
  const { results, problem } = store;
  return (
    <>
      <header class="lab-header">
        <div class="lab-brand">
          <a href="../index.html">wgrad</a>
          <span aria-hidden="true">/</span>
          <h1>Benchmark</h1>
        </div>
        <div class="lab-tools">
          <Button
            label={theme.value === 'dark' ? 'Light colours' : 'Dark colours'}
            icon={theme.value === 'dark' ? 'sun' : 'moon'}
            variant="quiet"
            onPress={toggleTheme}
          />
        </div>
      </header>
      <main class="bench">
        <p class="bench-lead">
          The same work in the same page, engine after engine in turn, so that whatever else this machine does falls on
          all of them. A time is shown only where the result is right: ops are held to float64 values, training to the
          losses of its first steps.
        </p>
        <Adapter store={store} />
        <Choices store={store} />
        {problem.value !== null && (
          <p class="bench-problem" role="alert">
            {problem.value}
          </p>
        )}
        <Progress store={store} />
        {results.value.length > 0 && <ResultsTable results={results.value} />}
        {results.value.length > 0 && <Notes store={store} />}
      </main>
    </>
  );
}

function Adapter({ store }: { store: BenchStore }): JSX.Element {
  const found = store.environment.value;
  if (!found) return <p class="muted">Looking for a graphics adapter</p>;
  return (
    <p class={found.adapter.software ? 'bench-software' : 'muted'}>
      {adapterName(found)}, {found.browser}.{found.adapter.software && ' These times say little about a graphics card.'}
    </p>
  );
}

function Choices({ store }: { store: BenchStore }): JSX.Element {
  const { cases, engines, depth, progress, canRun } = store;
  const running = progress.value !== null;
  return (
    <form class="bench-choices" onSubmit={(event) => event.preventDefault()}>
      <fieldset disabled={running}>
        <legend>Cases</legend>
        {CASES.map(({ name, title }) => (
          <Check
            key={name}
            label={title}
            checked={cases.value.has(name)}
            onChange={() => (cases.value = toggled(cases.value, name))}
          />
        ))}
      </fieldset>
      <fieldset disabled={running}>
        <legend>Engines</legend>
        {ENGINES.map((name) => (
          <Check
            key={name}
            label={name}
            checked={engines.value.has(name)}
            onChange={() => (engines.value = toggled(engines.value, name))}
          />
        ))}
      </fieldset>
      <div class="bench-run">
        <Segmented
          legend="Samples"
          hideLegend
          value={depth.value}
          options={DEPTHS}
          onChange={(value) => (depth.value = value)}
        />
        {running ? (
          <Button label="Stop" variant="primary" icon="pause" onPress={store.stop}>
            Stop
          </Button>
        ) : (
          <Button label="Run" variant="primary" icon="play" disabled={!canRun.value} onPress={() => void store.run()}>
            Run
          </Button>
        )}
      </div>
    </form>
  );
}

function Check(props: { label: string; checked: boolean; onChange: () => void }): JSX.Element {
  return (
    <label class="bench-check">
      <input type="checkbox" checked={props.checked} onChange={props.onChange} />
      {props.label}
    </label>
  );
}

function Progress({ store }: { store: BenchStore }): JSX.Element {
  const { progress } = store;
  return (
    <p class="bench-progress" role="status" data-running={progress.value === null ? undefined : ''}>
      {progress.value ?? ''}
    </p>
  );
}

function Notes({ store }: { store: BenchStore }): JSX.Element {
  return (
    <div class="bench-notes">
      <p>
        First steps here share one page and are not cold; <code>npm run bench</code> measures them in fresh browsers.
        The error is the largest against float64, relative.
      </p>
      <Button label="Download JSON" onPress={() => download(store)}>
        Download JSON
      </Button>
    </div>
  );
}

function download(store: BenchStore): void {
  const result = store.export();
  if (!result) return;
  const url = URL.createObjectURL(new Blob([JSON.stringify(result, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `wgrad-bench-${result.date.slice(0, 10)}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

function toggled<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
