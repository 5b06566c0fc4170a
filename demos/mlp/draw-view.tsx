/** Draw a digit, or take one from the test set, and see what the network makes of it while it learns. */
import { signal, useComputed, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { ChanceBars } from '../shared/chance-bars.tsx';
import { Button, NumberInput } from '../shared/controls.tsx';
import { DIGITS, PIXELS, readChances } from './digits-probe.ts';
import { DrawPad } from './draw-pad.tsx';
import { inkOf, type Stroke } from './drawing.ts';
import { Picture } from './picture.tsx';
import { useDigitsProbe, useGallery } from './use-digits.ts';
import type { ViewProps } from './views.tsx';
import './draw.css';

/** Kept while other pictures are looked at. */
const strokes = signal<readonly Stroke[]>([]);
/** The test digit that is shown instead of the drawing. */
const taken = signal<number | null>(null);

export function DrawView({ run }: ViewProps): JSX.Element {
  const gallery = useGallery(run);
  const size = useComputed(() => gallery.value?.labels.length ?? 0);
  const ink = useComputed(() => {
    const at = taken.value;
    if (at === null) return inkOf(strokes.value);
    return gallery.value?.images.slice(at * PIXELS, (at + 1) * PIXELS) ?? null;
  });
  const latest = useRef(ink);
  const probe = useDigitsProbe(run, 100, (task) => {
    const picture = latest.current.peek();
    return picture && readChances(task, picture).then((chances) => ({ picture, chances }));
  });
  useSignalEffect(() => {
    if (ink.value) probe.again();
  });
  const label = useComputed(() => (taken.value === null ? undefined : gallery.value?.labels[taken.value]));

  const take = (index: number): void => {
    const count = size.peek();
    if (count > 0) taken.value = (index + count) % count;
  };
  const draw = (next: readonly Stroke[]): void => {
    taken.value = null;
    strokes.value = next;
  };
  const chances = ink.value && probe.result.value ? probe.result.value.chances : null;
  const at = taken.value;
  return (
    <div class="draw">
      <section>
        <div class="draw-paper" data-empty={at === null && strokes.value.length === 0 ? '' : undefined}>
          {at === null ? (
            <DrawPad strokes={strokes} onStrokes={draw} />
          ) : (
            ink.value && <Picture values={ink.value} tone="ink" label={`Test digit ${at + 1}, a ${label.value}`} />
          )}
          {at === null && strokes.value.length === 0 && <p aria-hidden="true">Draw a digit here</p>}
        </div>
        <div class="draw-buttons">
          <Button
            label="Undo the last stroke"
            disabled={at !== null || strokes.value.length === 0}
            onPress={() => draw(strokes.value.slice(0, -1))}
          >
            Undo
          </Button>
          <Button label="Clear" disabled={at === null && strokes.value.length === 0} onPress={() => draw([])}>
            Clear
          </Button>
        </div>
        <div class="draw-test" role="group" aria-label="Take a test digit instead">
          <span>Test digit</span>
          <Button label="Previous test digit" icon="back" variant="quiet" onPress={() => take((at ?? 0) - 1)} />
          <NumberInput
            label={`Number of the test digit, 1 to ${size.value}`}
            value={(at ?? 0) + 1}
            min={1}
            max={Math.max(1, size.value)}
            whole
            onChange={(number) => take(number - 1)}
          />
          <Button label="Next test digit" icon="next" variant="quiet" onPress={() => take((at ?? -1) + 1)} />
          <span class="muted">{label.value === undefined ? '' : `a ${label.value}`}</span>
        </div>
      </section>
      <section>
        <header class="stage-head">
          <h2>What the network thinks</h2>
        </header>
        <p class="draw-answer" role="status">
          {sentence(ink.value !== null, chances)}
        </p>
        <ChanceBars names={DIGITS} chances={chances} label={label.value} />
        <div class="draw-seen">
          {ink.value ? (
            <Picture values={ink.value} tone="ink" label="The picture as the network gets it" />
          ) : (
            <span class="picture" />
          )}
          <p class="field-note">
            What it sees: 28 × 28 grey levels, the writing scaled into 20 × 20 and its centre of mass in the middle.
          </p>
        </div>
      </section>
    </div>
  );
}

/** Spoken too, so without numbers that change ten times a second. */
function sentence(drawn: boolean, chances: Float32Array | null): string {
  if (!drawn) return 'Nothing is drawn. Draw a digit, or take a test digit.';
  if (!chances) return 'Looking…';
  const top = chances.indexOf(Math.max(...chances));
  const chance = chances[top] ?? 0;
  if (Number.isNaN(chance)) return 'The answer is no number.';
  if (chance < 0.4) return `Undecided, perhaps a ${top}`;
  return chance < 0.8 ? `Probably a ${top}` : `A ${top}`;
}
