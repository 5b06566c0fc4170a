/**
 * What the network is made of: its graph, and every layer with its output, as wide as it has channels, its parameters
 * and its work, beside what an MLP on the same image would take.
 */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { formatCount } from '../shared/format.ts';
import { unseeded } from '../shared/recipe-parts.ts';
import { DEFAULTS } from './config.ts';
import { NetworkGraph } from './graph.ts';
import { GraphView } from './graph-view.tsx';
import { REACH, buildModel, isCnnTask } from './recipe.ts';
import { MODEL_LABELS } from './settings.ts';
import type { ViewProps } from './views.tsx';

export function ArchitectureView({ run }: ViewProps): JSX.Element {
  const shown = useComputed(() => {
    const task = run.task.value;
    if (!task || !isCnnTask(task)) return null;
    const [channels, size] = task.images.train.shape as [number, number];
    const form = { channels, size, classes: task.images.classNames.length };
    const mlp = unseeded(() => buildModel({ ...DEFAULTS, model: 'mlp' }, form));
    const input = [1, ...task.images.train.shape];
    return {
      name: MODEL_LABELS[task.config.model],
      summary: task.model.summary(input),
      mlp: mlp.summary(input),
      parts: new NetworkGraph(task.model, input, REACH[task.config.reach]).parts,
    };
  }).value;
  if (!shown) return <p class="stage-empty">Building the network…</p>;
  const { name, parts, summary, mlp } = shown;
  const rows = summary.rows.filter(({ parameters, multAdds }) => parameters > 0 || multAdds > 0);
  const widest = Math.max(...rows.map(({ outputShape }) => Math.log2(1 + (outputShape[1] ?? 1))));
  return (
    <div class="stage">
      <dl class="cnn-counts">
        <Count term="Parameters" value={summary.parameters} other={mlp.parameters} />
        <Count term="Multiplications an image" value={summary.multAdds} other={mlp.multAdds} />
      </dl>
      <p class="field-note">
        Beside each number: what an MLP of 512 and 256 units on the same image has. A filter's weights are shared by all
        places, so a convolution has few weights and much work; a linear layer has one weight for every multiplication.
      </p>
      <GraphView parts={parts} label={`The graph of ${name}`} />
      <table class="plain-table cnn-layers">
        <caption class="visually-hidden">Every layer of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Output</th>
            <th scope="col">Parameters</th>
            <th scope="col">Multiplications</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, type, outputShape, parameters, multAdds }) => (
            <tr key={path}>
              <th scope="row">
                <i
                  aria-hidden="true"
                  style={{ width: `${Math.round((100 * Math.log2(1 + (outputShape[1] ?? 1))) / widest)}%` }}
                />
                <span>
                  {path} <small>{type}</small>
                </span>
              </th>
              <td>{outputShape.slice(1).join(' × ')}</td>
              <td>{parameters > 0 ? formatCount(parameters) : '–'}</td>
              <td>{multAdds > 0 ? formatCount(multAdds) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Count({ term, value, other }: { term: string; value: number; other: number }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <b>{formatCount(value)}</b> <span class="muted">MLP: {formatCount(other)}</span>
      </dd>
    </div>
  );
}
