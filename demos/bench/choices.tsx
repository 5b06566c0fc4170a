/** What is to be measured: cases by suite, engines, and how long. */
import type { JSX } from 'preact';
import { Button, Segmented } from '../shared/controls.tsx';
import { CASES, suiteOf } from './cases/index.ts';
import type { Suite } from './cases/case.ts';
import { ENGINES } from './engine.ts';
import type { BenchStore, Depth } from './page-store.ts';

const DEPTHS: readonly { value: Depth; label: string }[] = [
  { value: 'quick', label: 'Quick' },
  { value: 'full', label: 'Full' },
];

const SUITES: readonly { suite: Suite; label: string }[] = [
  { suite: 'kernels', label: 'Kernels' },
  { suite: 'steps', label: 'Training steps' },
  { suite: 'accuracy', label: 'Time to accuracy' },
];

export function Choices({ store }: { store: BenchStore }): JSX.Element {
  const { engines, depth, job, canRun } = store;
  const running = job.progress.value !== null;
  return (
    <form class="bench-choices" onSubmit={(event) => event.preventDefault()}>
      <div class="bench-suites">
        {SUITES.map(({ suite, label }) => (
          <SuiteChoice key={suite} store={store} suite={suite} label={label} disabled={running} />
        ))}
      </div>
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
        <Button
          label="Run"
          variant="primary"
          icon="play"
          disabled={running || !canRun.value}
          onPress={() => void store.run()}
        >
          Run
        </Button>
      </div>
    </form>
  );
}

function SuiteChoice(props: { store: BenchStore; suite: Suite; label: string; disabled: boolean }): JSX.Element {
  const { cases } = props.store;
  const own = CASES.filter((work) => suiteOf(work) === props.suite);
  const chosen = own.filter(({ name }) => cases.value.has(name)).length;
  const chooseAll = (): void => {
    const others = [...cases.value].filter((name) => !own.some((work) => work.name === name));
    cases.value = new Set(chosen === own.length ? others : [...others, ...own.map(({ name }) => name)]);
  };
  return (
    <fieldset disabled={props.disabled}>
      <legend>
        <label class="bench-check">
          <input
            type="checkbox"
            checked={chosen === own.length}
            // A state between, which HTML has no attribute for.
            ref={(input) => {
              if (input) input.indeterminate = chosen > 0 && chosen < own.length;
            }}
            onChange={chooseAll}
          />
          {props.label}: {chosen} of {own.length}
        </label>
      </legend>
      <details open={props.suite === 'steps'}>
        <summary>Choose</summary>
        <div class="bench-cases">
          {own.map(({ name, title }) => (
            <Check
              key={name}
              label={title}
              checked={cases.value.has(name)}
              onChange={() => (cases.value = toggled(cases.value, name))}
            />
          ))}
        </div>
      </details>
    </fieldset>
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

function toggled<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
