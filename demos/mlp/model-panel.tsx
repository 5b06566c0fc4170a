/** What is being trained, layer by layer. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { formatCount } from '../shared/format.ts';
import type { RunStore } from '../shared/run-store.ts';
import { isMlpTask } from './recipe.ts';

export function ModelPanel({ run }: { run: RunStore }): JSX.Element {
  const summary = useComputed(() => {
    const task = run.task.value;
    return task && isMlpTask(task) ? task.model.summary([1, task.features]) : null;
  });
  const { rows = [], parameters = 0 } = summary.value ?? {};
  return (
    <section class="lab-section">
      <h2>Model</h2>
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Output</th>
            <th scope="col">Parameters</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, type, outputShape, parameters: own }) => (
            <tr key={path}>
              <th scope="row">{type}</th>
              <td>{outputShape.slice(1).join(' × ')}</td>
              <td>{own > 0 ? formatCount(own) : '–'}</td>
            </tr>
          ))}
        </tbody>
        <tfoot hidden={rows.length === 0}>
          <tr>
            <th scope="row" colSpan={2}>
              Total
            </th>
            <td>
              <b>{formatCount(parameters)}</b>
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
