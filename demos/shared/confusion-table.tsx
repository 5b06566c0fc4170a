/** The confusion matrix as a table of buttons, with the share of each class that is right. Arrow keys move in it. */
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { percent, type Cell } from './confusion.ts';
import { formatPercent } from './format.ts';
import './confusion.css';

/** Names that are longer stand upright above their columns. */
const SHORT = 3;
/** A wrong answer is in full colour from a quarter of its class on. */
const WRONG = 4;

export function ConfusionTable(props: {
  names: readonly string[];
  /** counts[actual * names.length + answered] */
  counts: Int32Array;
  cell: Cell;
  onCell: (cell: Cell) => void;
  /** What is counted: "digits". */
  things: string;
}): JSX.Element {
  const { names, counts, cell, onCell, things } = props;
  const table = useRef<HTMLTableElement>(null);
  const width = names.length;
  const countAt = (actual: number, answer: number): number => counts[actual * width + answer] ?? 0;
  const move = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const within = (value: number): number => Math.min(width - 1, Math.max(0, value));
    const next = { actual: within(cell.actual + (by[0] ?? 0)), answer: within(cell.answer + (by[1] ?? 0)) };
    onCell(next);
    table.current?.querySelectorAll('button')[next.actual * width + next.answer]?.focus();
  };
  return (
    <div class="confusion" data-long={names.some(({ length }) => length > SHORT) ? '' : undefined}>
      <span class="confusion-top">answered</span>
      <span class="confusion-left">actual</span>
      <table ref={table} onKeyDown={move}>
        <caption class="visually-hidden">How many test {things} of each actual class got each answer</caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                <span>{name}</span>
              </th>
            ))}
            <th scope="col">
              <span>right</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, actual) => {
            const total = names.reduce((sum, _, answer) => sum + countAt(actual, answer), 0);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {names.map((other, answer) => {
                  const count = countAt(actual, answer);
                  const share = count / Math.max(1, total);
                  const strength = actual === answer ? share : Math.min(1, share * WRONG);
                  const isChosen = actual === cell.actual && answer === cell.answer;
                  return (
                    <td
                      key={other}
                      data-kind={count === 0 ? 'none' : actual === answer ? 'right' : 'wrong'}
                      style={{ '--share': `${Math.round(100 * strength)}%` }}
                    >
                      <button
                        type="button"
                        tabIndex={isChosen ? 0 : -1}
                        aria-pressed={isChosen}
                        aria-label={`${count} of ${total} (${formatPercent(share)}) were ${name} and answered ${other}`}
                        onClick={() => onCell({ actual, answer })}
                      >
                        {count > 0 ? count : ''}
                      </button>
                    </td>
                  );
                })}
                <td class="confusion-right">
                  {total > 0 ? percent(countAt(actual, actual) / total).replace(' ', '') : '–'}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
