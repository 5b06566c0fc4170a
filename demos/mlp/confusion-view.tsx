/** The confusion matrix; the digits of the chosen cell stand beside it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { confusion, membersOf, percent, worstCell, type Cell } from '../shared/confusion.ts';
import { ConfusionTable } from '../shared/confusion-table.tsx';
import { formatCount } from '../shared/format.ts';
import { CLASSES, DIGITS, PIXELS } from './digits-probe.ts';
import { Picture } from './picture.tsx';
import { useAnswered, type Answered } from './use-digits.ts';
import type { ViewProps } from './views.tsx';

const SHOWN = 18;
/** The confusion of which a reader will think first. */
const FOUR_AND_NINE: Cell = { actual: 4, answer: 9 };

export function ConfusionView({ run }: ViewProps): JSX.Element {
  const answered = useAnswered(run);
  const chosen = useSignal<Cell | null>(null);
  if (!answered?.answers) return <p class="stage-empty">Waiting for the first answers…</p>;
  const { labels, answers } = answered;
  const counts = confusion(labels, answers, CLASSES);
  const cell = chosen.value ?? worstCell(counts, CLASSES, FOUR_AND_NINE);
  return (
    <div class="confusion-view">
      <section>
        <header class="stage-head">
          <h2>Confusion</h2>
          <p class="muted">{formatCount(labels.length)} test digits</p>
        </header>
        <ConfusionTable {...{ counts, cell }} names={DIGITS} things="digits" onCell={(next) => (chosen.value = next)} />
        <p class="field-note">Choose a cell to see its digits.</p>
      </section>
      <CellDigits answered={answered} cell={cell} />
    </div>
  );
}

function CellDigits({ answered, cell }: { answered: Answered; cell: Cell }): JSX.Element {
  const { images, labels, answers } = answered;
  const digits = answers ? membersOf(cell, labels, answers) : [];
  const { actual, answer } = cell;
  const title = actual === answer ? `${actual}, answered right` : `${actual}, answered ${answer}`;
  return (
    <section aria-live="polite">
      <header class="stage-head">
        <h2>{title}</h2>
        <p class="muted">
          {digits.length > SHOWN ? `${SHOWN} of ${formatCount(digits.length)}, the surest first` : digits.length}
        </p>
      </header>
      {digits.length === 0 && <p class="stage-empty">No test digit is in this cell.</p>}
      <ul class="cell-digits">
        {digits.slice(0, SHOWN).map((i) => {
          const chance = (digit: number): string => percent(answers?.chances[i * CLASSES + digit] ?? 0);
          const said = `${answer} at ${chance(answer)}${actual === answer ? '' : `, ${actual} at ${chance(actual)}`}`;
          return (
            <li key={i}>
              <Picture
                values={images.subarray(i * PIXELS, (i + 1) * PIXELS)}
                tone="ink"
                label={`Test digit ${i + 1}: ${said}`}
              />
              <b data-kind={actual === answer ? 'right' : 'wrong'}>
                {answer}: {chance(answer)}
              </b>
              {actual !== answer && (
                <span>
                  {actual}: {chance(actual)}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
