/** Curves as a CSV file: one row a step that any of them has a value at, an empty cell where it has none. */
import type { Curves } from './curves.ts';

/** Curves with what their values are, such as `loss`. */
export interface CurvesPart {
  readonly title: string;
  readonly curves: Curves;
}

export function curvesToCsv(parts: readonly CurvesPart[]): string {
  const rows = new Map<number, Map<string, number>>();
  const heads: string[] = [];
  for (const { title, curves } of parts) {
    const [steps, ...columns] = curves.columns();
    curves.names.forEach((name, index) => {
      const column = columns[index] ?? [];
      if (column.every((value) => value === null)) return;
      const head = `${name} ${title}`;
      heads.push(head);
      steps.forEach((step, row) => {
        const value = column[row];
        if (value === null || value === undefined) return;
        if (!rows.has(step)) rows.set(step, new Map());
        rows.get(step)?.set(head, value);
      });
    });
  }
  const lines = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([step, row]) => [step, ...heads.map((head) => row.get(head) ?? '')]);
  return [['step', ...heads], ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}
