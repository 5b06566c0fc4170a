/** The confusion matrix; the digits of the chosen cell stand beside it. Arrow keys move from cell to cell. */
import { useSignal } from '@preact/signals';
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { formatCount, formatPercent } from '../shared/format.ts';
import { CLASSES, PIXELS } from './digits-probe.ts';
import { confusion, digitsOf, worstCell, type Cell } from './mistakes.ts';
import { Picture, percent } from './picture.tsx';
import { useAnswered, type Answered } from './use-digits.ts';
import type { ViewProps } from './views.tsx';

const DIGITS = Array.from({ length: CLASSES }, (_, digit) => digit);
const SHOWN = 18;

export function ConfusionView({ run }: ViewProps): JSX.Element {
  const answered = useAnswered(run);
  const chosen = useSignal<Cell | null>(null);
  if (!answered?.answers) return <p class="digits-empty">Waiting for the first answers…</p>;
  const { labels, answers } = answered;
  const counts = confusion(labels, answers);
  const cell = chosen.value ?? worstCell(counts);
  return (
    <div class="confusion-view">
      <section>
        <header class="digits-head">
          <h2>Confusion</h2>
          <p class="muted">{formatCount(labels.length)} test digits</p>
        </header>
        <Matrix counts={counts} cell={cell} onCell={(next) => (chosen.value = next)} />
        <p class="field-note">Choose a cell to see its digits.</p>
      </section>
      <CellDigits answered={answered} cell={cell} />
    </div>
  );
}

function Matrix(props: { counts: Int32Array; cell: Cell; onCell: (cell: Cell) => void }): JSX.Element {
  const { counts, cell } = props;
  const table = useRef<HTMLTableElement>(null);
  const totals = DIGITS.map((actual) => DIGITS.reduce((sum, answer) => sum + (counts[actual * 10 + answer] ?? 0), 0));
  const move = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const within = (value: number): number => Math.min(CLASSES - 1, Math.max(0, value));
    const next = { actual: within(cell.actual + (by[0] ?? 0)), answer: within(cell.answer + (by[1] ?? 0)) };
    props.onCell(next);
    table.current?.querySelectorAll('button')[next.actual * CLASSES + next.answer]?.focus();
  };
  return (
    <div class="confusion">
      <span class="confusion-top">answered</span>
      <span class="confusion-left">actual</span>
      <table ref={table} onKeyDown={move}>
        <caption class="visually-hidden">How many test digits of each actual class got each answer</caption>
        <thead>
          <tr>
            <td />
            {DIGITS.map((digit) => (
              <th key={digit} scope="col">
                {digit}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DIGITS.map((actual) => (
            <tr key={actual}>
              <th scope="row">{actual}</th>
              {DIGITS.map((answer) => {
                const count = counts[actual * CLASSES + answer] ?? 0;
                const share = count / Math.max(1, totals[actual] ?? 0);
                const strength = actual === answer ? share : Math.min(1, share * 4);
                const isChosen = actual === cell.actual && answer === cell.answer;
                return (
                  <td
                    key={answer}
                    data-kind={count === 0 ? 'none' : actual === answer ? 'right' : 'wrong'}
                    style={{ '--share': `${Math.round(100 * strength)}%` }}
                  >
                    <button
                      type="button"
                      tabIndex={isChosen ? 0 : -1}
                      aria-pressed={isChosen}
                      aria-label={`${count} of ${totals[actual]} (${formatPercent(share)}) were ${actual} and answered ${answer}`}
                      onClick={() => props.onCell({ actual, answer })}
                    >
                      {count > 0 ? count : ''}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellDigits({ answered, cell }: { answered: Answered; cell: Cell }): JSX.Element {
  const { images, labels, answers } = answered;
  const digits = answers ? digitsOf(cell, labels, answers) : [];
  const { actual, answer } = cell;
  const title = actual === answer ? `${actual}, answered right` : `${actual}, answered ${answer}`;
  return (
    <section aria-live="polite">
      <header class="digits-head">
        <h2>{title}</h2>
        <p class="muted">
          {digits.length > SHOWN ? `${SHOWN} of ${formatCount(digits.length)}, the surest first` : digits.length}
        </p>
      </header>
      {digits.length === 0 && <p class="digits-empty">No test digit is in this cell.</p>}
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
