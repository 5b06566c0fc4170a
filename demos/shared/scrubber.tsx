/** Looks back through a run: a slider over its moments, and a way to go on from one of them. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Button } from './controls.tsx';
import { formatCount } from './format.ts';
import type { RunStore } from './run-store.ts';
import './scrubber.css';

export function Scrubber({ run }: { run: RunStore }): JSX.Element | null {
  const moments = run.moments.value;
  const past = run.past.value;
  const wanted = useRef<number | null>(null);
  // A slider on the move asks more often than pictures can be made.
  const look = (place: number): void => {
    const asked = wanted.current !== null;
    wanted.current = place;
    if (asked) return;
    requestAnimationFrame(() => {
      const { current } = wanted;
      wanted.current = null;
      run.lookBack(run.moments.peek()[current ?? Infinity] ?? null);
    });
  };
  if (moments.length < 2) return null;
  const at = past ? moments.findLastIndex(({ step }) => step <= past.moment.step) : moments.length;
  const said = past ? `Step ${formatCount(past.moment.step)}` : 'Now';
  return (
    <div class="scrubber" role="group" aria-label="Look back through the run" data-past={past ? '' : undefined}>
      <label>
        <span>Look back</span>
        <input
          class="slider"
          type="range"
          min={0}
          max={moments.length}
          step={1}
          value={at}
          aria-valuetext={said}
          style={{ '--fill': `${(100 * at) / moments.length}%` }}
          onInput={(event) => look(Number(event.currentTarget.value))}
        />
        <b>{said}</b>
      </label>
      {past && (
        <p>
          <Button label="Go on from here" onPress={() => void run.session.fork(past.moment)}>
            Go on from here
          </Button>
          <Button label="Back to now" variant="quiet" onPress={() => run.lookBack(null)}>
            Back to now
          </Button>
        </p>
      )}
    </div>
  );
}
