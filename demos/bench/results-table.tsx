/** The results as one table, a group of rows a case; scrolls sideways by itself on narrow screens. */
import type { JSX } from 'preact';
import type { CaseResult } from './result.ts';
import { HEADINGS, rowsOf, type Row } from './summary.ts';

type Column = keyof typeof HEADINGS;

const COLUMNS = (Object.keys(HEADINGS) as Column[]).filter((column) => column !== 'engine');

export function ResultsTable({ results }: { results: readonly CaseResult[] }): JSX.Element {
  return (
    <div class="bench-scroll" role="region" aria-label="Results" tabIndex={0}>
      <table class="bench-table">
        <thead>
          <tr>
            <th scope="col">{HEADINGS.engine}</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {HEADINGS[column]}
              </th>
            ))}
          </tr>
        </thead>
        {results.map((result) => (
          <Group key={result.case} result={result} />
        ))}
      </table>
    </div>
  );
}

function Group({ result }: { result: CaseResult }): JSX.Element {
  const { title, iterations } = result;
  return (
    <tbody>
      <tr class="bench-case">
        <th scope="rowgroup" colSpan={COLUMNS.length + 1}>
          {title}
          {iterations !== null && <span class="muted">, a sample is {iterations} in a row</span>}
        </th>
      </tr>
      {rowsOf(result).map((row) => (
        <EngineRow key={row.engine} row={row} />
      ))}
    </tbody>
  );
}

function EngineRow({ row }: { row: Row }): JSX.Element {
  const ours = row.engine === 'wgrad';
  return (
    <tr data-ours={ours ? '' : undefined}>
      <th scope="row">{row.engine}</th>
      {row.failure === null ? (
        COLUMNS.map((column) => (
          <td key={column} data-column={column}>
            {row[column]}
          </td>
        ))
      ) : (
        <td class="bench-failure" colSpan={COLUMNS.length}>
          Failed: {row.failure}
        </td>
      )}
    </tr>
  );
}
