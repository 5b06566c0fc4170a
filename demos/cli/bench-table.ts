/** A case's result as lines of text for a terminal. Knows how to set a table, and leaves the numbers to the summary. */
import type { Sweep } from '../bench/cases/sweeps.ts';
import type { Comparison } from '../bench/compare.ts';
import type { CaseResult } from '../bench/result.ts';
import { growthOf, verdictOf } from '../bench/sizes/growth.ts';
import { HEADINGS, rowsOf, type Row } from '../bench/summary.ts';

type Column = keyof typeof HEADINGS;

const LEFT: ReadonlySet<Column> = new Set(['engine']);

export function tableOf(result: CaseResult): string {
  const rows = rowsOf(result);
  const columns = (Object.keys(HEADINGS) as Column[]).filter((column) => rows.some((row) => row[column] !== ''));
  const lines = setTable(
    columns.map((column) => HEADINGS[column]),
    rows.map((row) => columns.map((column) => row[column])),
    columns.map((column) => LEFT.has(column)),
  );
  const { iterations } = result;
  const sampled = iterations === null ? '' : `  (a sample is ${iterations} in a row)`;
  const [head = '', ...body] = lines;
  return [result.title + sampled, head, ...rows.flatMap((row, index) => withFailure(row, body[index] ?? ''))].join(
    '\n',
  );
}

/** A sweep: how the time grows beside the arithmetic, or what is lost beside round sizes. */
export function sizesOf(sweep: Sweep, results: readonly CaseResult[]): string {
  const growth = growthOf(sweep, results);
  const { grows: isGrowth } = growth;
  const times = (factor: number | undefined): string => (factor === undefined ? '' : `${factor.toFixed(2)}x`);
  const heads = ['ms', 'p10', 'p90', 'GFLOP/s', ...(isGrowth ? ['time', 'arithmetic'] : ['of the round size'])];
  const rows = growth.sizes.map(({ at, ms, low, high, rate, growth: own, ofRound }) => [
    String(at),
    ...[ms, low, high, rate].map((number) => number.toPrecision(3)),
    ...(isGrowth
      ? [times(own?.time), times(own?.arithmetic)]
      : [ofRound ? `${(100 * ofRound.share).toFixed(0)} % of ${ofRound.round}` : '']),
  ]);
  return [
    sweep.title,
    ...setTable([sweep.axis, ...heads], rows),
    ...growth.failures.map(({ at, why }) => `    ${sweep.axis} ${at} failed: ${why.split('\n')[0] ?? ''}`),
    `  ${verdictOf(growth)}`,
  ].join('\n');
}

/** Lines with columns of equal width, to the right unless `left` says otherwise. */
function setTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly boolean[] = [],
): string[] {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
  return [heads, ...rows].map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return left[column] ? cell.padEnd(width) : cell.padStart(width);
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
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

function withFailure({ failure }: Row, line: string): string[] {
  return failure === null ? [line] : [line, `    failed: ${failure.split('\n')[0] ?? ''}`];
}
