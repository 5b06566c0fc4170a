/** The rows of a table that were put aside to test on, with the network's answers: those it is most wrong about first. */
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { data } from '../../src/index.ts';
import { percent } from '../shared/confusion.ts';
import { formatCount, formatTick } from '../shared/format.ts';
import { createProbe } from '../shared/probe.ts';
import { readAnswers } from './digits-probe.ts';
import { isMlpTask } from './recipe.ts';
import { columnsOf, targetOf } from './table-data.ts';
import type { ViewProps } from './views.tsx';

const SHOWN = 25;
const MOST_COLUMNS = 4;

export function RowsView({ run, config }: ViewProps): JSX.Element {
  const probe = useMemo(
    () => createProbe(run, 300, (task) => (isMlpTask(task) && task.table ? readAnswers(task) : null)),
    [run],
  );
  useEffect(() => probe.stop, [probe]);
  const task = run.task.value;
  const answers = probe.result.value;
  if (!task || !isMlpTask(task) || !task.table || !answers) return <p class="stage-empty">Waiting for answers…</p>;
  const { table, testRows, classNames, classes } = task;
  const target = table.table.columns[targetOf(table, config)];
  const columns = columnsOf(table, config)
    .slice(0, MOST_COLUMNS)
    .flatMap((index) => table.table.columns[index] ?? []);
  const rows = Array.from((testRows ?? []).slice(0, answers.classes.length), (row, i) => {
    const label = classNames?.indexOf(target ? cellOf(target, row) : '') ?? -1;
    return { row, label, answer: answers.classes[i] ?? 0, chance: answers.chances[i * classes + label] ?? 0 };
  });
  rows.sort((a, b) => a.chance - b.chance);
  const wrong = rows.filter(({ label, answer }) => label !== answer).length;
  return (
    <section class="rows">
      <header class="stage-head">
        <h2>Rows put aside to test on, the worst answered first</h2>
        <p class="muted">
          {formatCount(wrong)} of {formatCount(rows.length)} wrong
        </p>
      </header>
      <div class="rows-table" tabIndex={0}>
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">Line</th>
              {columns.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">{target?.name}</th>
              <th scope="col">answered</th>
              <th scope="col">right answer got</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map(({ row, label, answer, chance }) => (
              <tr key={row} data-kind={label === answer ? 'right' : 'wrong'}>
                <th scope="row">{table.table.lines[row]}</th>
                {columns.map((column) => (
                  <td key={column.name}>{cellOf(column, row, true)}</td>
                ))}
                <td>{classNames?.[label]}</td>
                <td>{classNames?.[answer]}</td>
                <td>{percent(chance)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** A cell as its class is named, or, `short`, as it is shown. */
function cellOf(column: data.CsvColumn, row: number, short = false): string {
  if (column.kind === 'category') return column.categories[column.values[row] ?? -1] ?? '';
  if (column.kind === 'text') return column.values[row] ?? '';
  return short ? formatTick(column.values[row] ?? 0) : String(column.values[row] ?? '');
}
