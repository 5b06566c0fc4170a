/** What the benchmark's page shows. Knows the stores, and nothing of how anything is measured. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Button } from '../shared/controls.tsx';
import { Tabs } from '../shared/tabs.tsx';
import { theme, toggleTheme } from '../shared/theme.ts';
import '../shared/theme.css';
import '../shared/shell.css';
import '../shared/controls.css';
import '../shared/fields.css';
import './bench.css';
import { Choices } from './choices.tsx';
import { adapterName } from './environment.ts';
import type { BenchStore } from './page-store.ts';
import { ProfileView } from './profile/profile-view.tsx';
import type { ProfileStore } from './profile/profile-store.ts';
import { ResultsTable } from './results-table.tsx';
import type { SizesStore } from './sizes/sizes-store.ts';
import { SizesView } from './sizes/sizes-view.tsx';
import type { VariantsStore } from './variants/variants-store.ts';
import { VariantsView } from './variants/variants-view.tsx';
import { linkOf } from './share.ts';
import { RooflineView } from './roofline/roofline-view.tsx';
import { saveFile } from '../shared/save-file.ts';

const VIEWS = [
  { value: 'engines', label: 'Engines' },
  { value: 'roofline', label: 'Roofline' },
  { value: 'variants', label: 'Variants' },
  { value: 'sizes', label: 'Sizes' },
  { value: 'profile', label: 'Steps and kernels' },
] as const;

type View = (typeof VIEWS)[number]['value'];

export function BenchPage(props: {
  store: BenchStore;
  profile: ProfileStore;
  variants: VariantsStore;
  sizes: SizesStore;
}): JSX.Element {
  const { store, profile, variants, sizes } = props;
  const view = useSignal<View>('engines');
  const { problem } = store.job;
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
        <Adapter store={store} />
        {problem.value !== null && (
          <p class="bench-problem" role="alert">
            {problem.value}
          </p>
        )}
        <Tabs label="What is measured" value={view.value} options={VIEWS} onChange={(next) => (view.value = next)}>
          {view.value === 'engines' && <Engines store={store} />}
          {view.value === 'roofline' && <RooflineView store={store} />}
          {view.value === 'variants' && <VariantsView store={variants} />}
          {view.value === 'sizes' && <SizesView store={sizes} />}
          {view.value === 'profile' && <ProfileView store={profile} />}
        </Tabs>
        <Progress store={store} />
      </main>
    </>
  );
}

function Engines({ store }: { store: BenchStore }): JSX.Element {
  const results = store.results.value;
  return (
    <div class="bench-engines">
      <p class="bench-lead">
        The same work in the same page, engine after engine in turn, so that whatever else this machine does falls on
        all of them. A time is shown only where the result is right: ops are held to float64 values, training to the
        losses of its first steps.
      </p>
      <Choices store={store} />
      {store.shared.value && (
        <p class="bench-shared">
          A shared result: {adapterName(store.shared.value.environment)}, {store.shared.value.environment.browser},{' '}
          {store.shared.value.date.slice(0, 10)}. Run measures on this machine instead.
        </p>
      )}
      {results.length > 0 && <ResultsTable results={results} />}
      {results.length > 0 && <Notes store={store} />}
    </div>
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

/** Stays in sight at the page's foot while something runs. */
function Progress({ store }: { store: BenchStore }): JSX.Element {
  const { progress, stop } = store.job;
  const running = progress.value !== null;
  return (
    <div class="bench-progress" data-running={running ? '' : undefined}>
      <p role="status">{progress.value ?? ''}</p>
      {running && (
        <Button label="Stop" icon="pause" onPress={stop}>
          Stop
        </Button>
      )}
    </div>
  );
}

function Notes({ store }: { store: BenchStore }): JSX.Element {
  const copied = useSignal('');
  return (
    <div class="bench-notes">
      <p>
        GPU ms is the time in compute passes; what the median has beyond it is JavaScript and waiting. First steps here
        share one page and are not cold; <code>npm run bench</code> measures them in fresh browsers. The error is the
        largest against float64, relative.
      </p>
      <div class="bench-take">
        <Button
          label="Copy a link to this result"
          onPress={() => void share(store).then((said) => (copied.value = said))}
        >
          Copy link
        </Button>
        <Button label="Download JSON" onPress={() => download(store)}>
          Download JSON
        </Button>
        <span role="status" class="muted">
          {copied.value}
        </span>
      </div>
    </div>
  );
}

/** What to tell of it. */
async function share(store: BenchStore): Promise<string> {
  const result = store.export();
  if (!result) return '';
  const link = await linkOf(result, location.href);
  history.replaceState(null, '', link);
  try {
    await navigator.clipboard.writeText(link);
    return 'Copied.';
  } catch {
    // There is no clipboard, or the browser refuses it.
    return 'Not copied; the link is in the address bar.';
  }
}

function download(store: BenchStore): void {
  const result = store.export();
  if (result)
    saveFile(`wgrad-bench-${result.date.slice(0, 10)}.json`, JSON.stringify(result, null, 2), 'application/json');
}
