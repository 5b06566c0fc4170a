/** A kernel to change: a field of text, what came of running it, and the way back. */
import type { JSX } from 'preact';
import { Button } from '../../shared/controls.tsx';
import type { EditStore, Verdict } from './edit-store.ts';
import type { Profiled } from './profiled.ts';
import { msText } from './units.ts';

const MOST_LINES = 32;

export function KernelEditor(props: {
  store: EditStore;
  profiled: Profiled;
  index: number;
  code: string;
  busy: boolean;
}): JSX.Element {
  const { store, profiled, index, code, busy } = props;
  const { draft, verdict } = store;
  if (draft.value === null)
    return (
      <>
        <pre tabIndex={0}>{code}</pre>
        <Button label="Change this kernel" onPress={() => store.begin(code)}>
          Change it
        </Button>
      </>
    );
  const text = draft.value;
  return (
    <div class="profile-editor">
      <textarea
        aria-label="The kernel's WGSL"
        spellcheck={false}
        rows={Math.min(MOST_LINES, text.split('\n').length + 1)}
        value={text}
        onInput={({ currentTarget }) => (draft.value = currentTarget.value)}
      />
      <div class="bench-take">
        <Button
          label="Run the changed kernel"
          variant="primary"
          icon="play"
          disabled={busy}
          onPress={() => void store.run(profiled, index, text)}
        >
          Run
        </Button>
        <Button label="Back to the kernel that ships" onPress={() => store.begin(null)}>
          Back
        </Button>
      </div>
      {verdict.value && <Came verdict={verdict.value} />}
    </div>
  );
}

function Came({ verdict: { problem, times, error } }: { verdict: Verdict }): JSX.Element {
  if (problem !== null)
    return (
      <p class="bench-problem profile-problem" role="alert">
        {problem}
      </p>
    );
  return (
    <p role="status">
      The result is right, off by {error?.toExponential(0)} at most.{' '}
      {times
        ? `${msText(times[1])} on the GPU; as it ships ${msText(times[0])}.`
        : 'This device has no timestamps to time it by.'}
    </p>
  );
}
