/** What is being trained, layer by layer, and what one step of it costs on this GPU. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { memory } from '../../src/index.ts';
import { formatBytes, formatCount, formatRate } from '../shared/format.ts';
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

export function CostPanel({ run }: { run: RunStore }): JSX.Element {
  const { cost, stepsPerSecond } = run.progress.value;
  const held = useComputed(() => (run.version.value, run.task.value ? memory() : null));
  const rows: [string, string][] = [
    ['Dispatches', cost ? formatCount(cost.dispatches) : '–'],
    ['Submits', cost ? formatCount(cost.submits) : '–'],
    ['Time', stepsPerSecond > 0 ? `${(1000 / stepsPerSecond).toPrecision(3)} ms` : '–'],
    ['Steps a second', formatRate(stepsPerSecond)],
    [
      'GPU memory held',
      held.value ? `${formatBytes(held.value.bytes)} in ${formatCount(held.value.buffers)} buffers` : '–',
    ],
  ];
  return (
    <section class="lab-section">
      <h2>What a step costs</h2>
      <dl class="cost">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
