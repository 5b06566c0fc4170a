/** What the character model writes at this moment, and what it wrote before. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Button, Slider } from '../shared/controls.tsx';
import { formatCount } from '../shared/format.ts';
import { RANGES } from './config.ts';
import type { ViewProps } from './views.tsx';
import { createWriter, isCharactersTask, type WrittenText } from './writer.ts';
import './writer-view.css';

export function WriterView({ run, config, change }: ViewProps): JSX.Element {
  const opening = useSignal('');
  const temperature = useRef(config.temperature);
  temperature.current = config.temperature;
  const writer = useMemo(
    () => createWriter(run, { temperature: () => temperature.current, opening: () => opening.peek() }),
    [run],
  );
  useEffect(() => writer.stop, [writer]);
  const task = run.task.value;
  if (!task || !isCharactersTask(task)) return <p class="stage-empty">Building the network…</p>;
  const { vocabulary } = task.data;
  const now = writer.now.value;
  return (
    <div class="stage">
      <div class="view-switches">
        <Slider
          label="Temperature"
          tag="live"
          value={config.temperature}
          {...RANGES.temperature}
          step={0.05}
          format={(value) => value.toFixed(2)}
          onChange={(value) => change({ temperature: value })}
        />
        <div class="field">
          <label for="opening">Write on from</label>
          <div class="opening">
            <input
              id="opening"
              class="input"
              maxLength={60}
              autocomplete="off"
              spellcheck={false}
              placeholder={task.data.opening.replaceAll('\n', ' ')}
              value={opening.value}
              onInput={(event) => (opening.value = event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') writer.again();
              }}
            />
            <Button label="Write anew" onPress={writer.again}>
              Write anew
            </Button>
          </div>
        </div>
      </div>
      <section>
        <header class="stage-head">
          <h2>Writing now</h2>
          <p class="muted">{now ? said(now) : ''}</p>
        </header>
        <p class="written" data-now="" aria-live="off">
          <span>{now?.opening}</span>
          {now?.text}
          <i aria-hidden="true" />
        </p>
        <p class="field-note">
          One character at a time, each drawn from what the network thinks comes next, of {formatCount(vocabulary.size)}{' '}
          characters. At temperature 0 it always takes the likeliest and soon repeats itself; above 1 it dares more.
        </p>
      </section>
      {writer.before.value.length > 0 && (
        <section>
          <h2>Before</h2>
          <ol class="written-before">
            {writer.before.value.map((each, index) => (
              <li key={`${each.step}-${index}`}>
                <p class="muted">{said(each)}</p>
                <p class="written">
                  <span>{each.opening}</span>
                  {each.text}
                </p>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

function said({ step, until, loss }: WrittenText): string {
  const steps = until > step ? `steps ${formatCount(step)} to ${formatCount(until)}` : `step ${formatCount(step)}`;
  return `${steps}${loss === null ? '' : `, ${loss.toFixed(3)} nats a character on the test text`}`;
}
