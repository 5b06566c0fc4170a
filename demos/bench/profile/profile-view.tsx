/** One step of this engine: when everything ran, where its memory lies, and the kernels behind it. */
import type { JSX } from 'preact';
import { Button } from '../../shared/controls.tsx';
import { formatBytes } from '../../shared/format.ts';
import { saveFile } from '../../shared/save-file.ts';
import { CaseChoice } from '../case-choice.tsx';
import { KernelTable, KernelText } from './kernel-view.tsx';
import { MemoryMap } from './memory-map.tsx';
import type { ProfileStore } from './profile-store.ts';
import { lengthOf } from './profiled.ts';
import './profile.css';
import { Timeline } from './timeline.tsx';
import { msText } from './units.ts';

export function ProfileView({ store }: { store: ProfileStore }): JSX.Element {
  const { found } = store;
  return (
    <div class="profile">
      <p class="bench-lead">
        One step taken apart, as <code>profile(step)</code> gives it in code: what the JavaScript does, when the GPU
        runs each kernel, and which bytes of its memory are whose. Choose a kernel to read it.
      </p>
      <CaseChoice store={store} action="Profile" label="Profile">
        {found.value && (
          <Button label="Download Chrome trace" onPress={() => void download(store)}>
            Chrome trace
          </Button>
        )}
      </CaseChoice>
      {found.value && <Found store={store} />}
    </div>
  );
}

function Found({ store }: { store: ProfileStore }): JSX.Element | null {
  const { found, chosen } = store;
  if (!found.value) return null;
  const { work, profile } = found.value;
  const { dispatches, memory } = profile;
  const dispatch = dispatches[chosen.value ?? -1];
  const choose = (index: number): void => {
    chosen.value = index;
    store.edit.begin(null);
  };
  return (
    <>
      <Figures store={store} />
      <section aria-label="Timeline">
        <h2>When: {work.title}</h2>
        <Timeline profile={profile} chosen={chosen.value} onChoose={choose} />
      </section>
      {memory.map((plan, index) => (
        <section key={plan.plan} aria-label={`Memory of ${plan.plan}`}>
          <h2>Where: memory that values share</h2>
          <MemoryMap memory={plan} chosen={index === 0 ? chosen.value : null} />
        </section>
      ))}
      <section aria-label="Kernels">
        <h2>
          What: {dispatches.length} dispatch{dispatches.length === 1 ? '' : 'es'}
        </h2>
        <KernelTable dispatches={dispatches} chosen={chosen.value} onChoose={choose} />
      </section>
      {dispatch && <KernelText dispatch={dispatch} store={store} />}
    </>
  );
}

function Figures({ store }: { store: ProfileStore }): JSX.Element | null {
  const { found } = store;
  if (!found.value) return null;
  const { profile } = found.value;
  const { host, dispatches, memory, total } = profile;
  const timed = dispatches.some(({ gpu }) => gpu !== null);
  const gpu = dispatches.reduce((sum, dispatch) => sum + lengthOf(dispatch.gpu), 0);
  const sum = (of: 'held' | 'unshared' | 'peak'): number => memory.reduce((all, plan) => all + plan[of], 0);
  const saved = sum('unshared') - sum('held');
  const figures = [
    ['until the result is read', msText(total)],
    ['on the GPU', timed ? msText(gpu) : 'no timestamps here'],
    ['JavaScript', msText(lengthOf(host.find(({ name }) => name === 'trace') ?? null))],
    ['dispatches', String(dispatches.length)],
    ['memory held', formatBytes(sum('held'))],
    ['in use at most', formatBytes(sum('peak'))],
    ['saved by sharing', saved > 0 ? formatBytes(saved) : 'nothing'],
  ] as const;
  return (
    <dl class="profile-figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

async function download({ found }: ProfileStore): Promise<void> {
  if (!found.value) return;
  // The engine is not part of what the page first loads.
  const { chromeTrace } = await import('../../../src/index.ts');
  const { work, profile } = found.value;
  saveFile(`wgrad-${work.name}.trace.json`, JSON.stringify(chromeTrace(profile)), 'application/json');
}
