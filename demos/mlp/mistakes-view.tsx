/** The test digits that are answered wrong, the worst first, one at a time. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ChanceBars } from '../shared/chance-bars.tsx';
import { percent } from '../shared/confusion.ts';
import { Button } from '../shared/controls.tsx';
import { formatCount } from '../shared/format.ts';
import { CLASSES, DIGITS, PIXELS } from './digits-probe.ts';
import { mistakes } from './mistakes.ts';
import { Picture } from './picture.tsx';
import { useAnswered } from './use-digits.ts';
import type { ViewProps } from './views.tsx';
import './draw.css';

const THUMBS = 20;

export function MistakesView({ run }: ViewProps): JSX.Element {
  const answered = useAnswered(run);
  const place = useSignal(0);
  const { labels, images, answers } = answered ?? {};
  if (!labels || !images || !answers) return <p class="stage-empty">Waiting for the first answers…</p>;
  const wrong = mistakes(labels, answers);
  const total = formatCount(labels.length);
  if (wrong.length === 0) return <p class="stage-empty">No mistakes: all {total} test digits are answered right.</p>;

  const at = Math.min(place.value, wrong.length - 1);
  const go = (to: number): void => {
    place.value = (to + wrong.length) % wrong.length;
  };
  const i = wrong[at] ?? 0;
  const label = labels[i] ?? 0;
  const answer = answers.classes[i] ?? 0;
  const chances = answers.chances.subarray(i * CLASSES, (i + 1) * CLASSES);
  const image = (digit: number): Float32Array => images.subarray(digit * PIXELS, (digit + 1) * PIXELS);
  const page = Math.floor(at / THUMBS) * THUMBS;
  return (
    <div class="stage">
      <header class="stage-head">
        <h2>Mistakes, the worst first</h2>
        <p class="muted">
          {formatCount(wrong.length)} of {total} test digits
        </p>
      </header>
      <div class="draw">
        <section>
          <div class="draw-paper">
            <Picture values={image(i)} tone="ink" label={`Test digit ${i + 1}`} />
          </div>
          <div class="draw-buttons">
            <Button label="Previous mistake" icon="back" onPress={() => go(at - 1)}>
              Previous
            </Button>
            <Button label="Next mistake" icon="next" onPress={() => go(at + 1)}>
              Next
            </Button>
          </div>
        </section>
        <section>
          <p class="draw-answer" role="status">
            A {label}, answered {answer}
          </p>
          <ChanceBars names={DIGITS} chances={chances} label={label} />
          <p class="field-note">
            Mistake {formatCount(at + 1)} of {formatCount(wrong.length)}: the right answer got{' '}
            {percent(chances[label] ?? 0)}.
          </p>
        </section>
      </div>
      <ul class="mistakes" aria-label="Mistakes">
        {wrong.slice(page, page + THUMBS).map((digit, index) => (
          <li key={digit}>
            <button
              type="button"
              aria-current={page + index === at ? 'true' : undefined}
              onClick={() => go(page + index)}
            >
              <Picture
                values={image(digit)}
                tone="ink"
                label={`A ${labels[digit]}, answered ${answers.classes[digit]}`}
              />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
