/** A case's result as lines of text for a terminal. Knows how to set a table, and leaves the numbers to the summary. */
import type { Comparison } from '../bench/compare.ts';
import type { CaseResult } from '../bench/result.ts';
import { HEADINGS, rowsOf, type Row } from '../bench/summary.ts';

type Column = keyof typeof HEADINGS;

const LEFT: ReadonlySet<Column> = new Set(['engine']);

export function tableOf(result: CaseResult): string {
  const rows = rowsOf(result);
  const columns = (Object.keys(HEADINGS) as Column[]).filter((column) => rows.some((row) => row[column] !== ''));
  const widths = columns.map((column) => Math.max(HEADINGS[column].length, ...rows.map((row) => row[column].length)));
  const line = (cell: (column: Column) => string): string => {
    const cells = columns.map((column, index) => {
      const width = widths[index] ?? 0;
      return LEFT.has(column) ? cell(column).padEnd(width) : cell(column).padStart(width);
    });
    return `  ${cells.join('  ')}`.trimEnd();
  };
  const { iterations } = result;
  const sampled = iterations === null ? '' : `  (a sample is ${iterations} in a row)`;
  return [
    result.title + sampled,
    line((column) => HEADINGS[column]),
    ...rows.flatMap((row) => withFailure(row, line)),
  ].join('\n');
}

/** What changed against an earlier result, the worst first. */
export function changesOf({ changes, caveats }: Comparison): string {
  if (changes.length === 0) return 'No case is in both results.';
  const lines = changes
    .toSorted((a, b) => b.ratio - a.ratio)
    .map(({ title, before, now, ratio, relativeTo, verdict }) => {
      const times = `${before.toPrecision(3)} -> ${now.toPrecision(3)} ms`;
      const against = relativeTo ? ` (relative to ${relativeTo})` : '';
      return `  ${verdict.padEnd(6)}  ${ratio.toFixed(2).padStart(5)}x the time${against}  ${times.padStart(20)}  ${title}`;
    });
  const slower = changes.filter(({ verdict }) => verdict === 'slower').length;
  return [
    `Against the earlier result: ${slower} of ${changes.length} slower`,
    ...lines,
    ...caveats.map((text) => `  ${text}`),
  ].join('\n');
}

function withFailure(row: Row, line: (cell: (column: Column) => string) => string): string[] {
  if (row.failure === null) return [line((column) => row[column])];
  const reason = `    failed: ${row.failure.split('\n')[0] ?? ''}`;
  return [line((column) => row[column]), reason];
}
