/**
 * The layers while they train: how much gradient reaches each, by what share a step moves its weights, and how many of
 * its units are dead; as they are now, and over the run.
 */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { LineChart, type ChartSeries } from './chart.tsx';
import { readDeadUnits, relusOf, type DeadUnits, type Rectified } from './dead-units.ts';
import { formatCount, formatFigure, formatTick } from './format.ts';
import { verdict, type LayerName } from './layer-names.ts';
import { createProbe } from './probe.ts';
import type { RunStore } from './run-store.ts';
import type { Task } from './task.ts';
import './layers.css';

const PROBED = 256;
const LOOK = { everyMs: 1000, share: 0.05 };
/** Powers of ten at the ends of the bars. */
const GRADIENT = [-8, 2] as const;
const UPDATE = [-8, 0] as const;
const HEALTHY = 1e-3;

export interface LayersViewProps {
  readonly run: RunStore;
  /** The layers with weights, from the input on; null of a task that the lab does not know. */
  readonly namesOf: (task: Task) => readonly LayerName[] | null;
  /** What is 0 at a dead unit; the outputs of modules of ReLU unless said otherwise. */
  readonly rectified?: (task: Task) => readonly Rectified[];
}

export function LayersView({ run, namesOf, rectified = ({ model }) => relusOf(model) }: LayersViewProps): JSX.Element {
  const probe = useMemo(
    () =>
      createProbe(
        run,
        LOOK.everyMs,
        (task) => {
          const { x, size } = task.trainScored;
          return readDeadUnits(task.model, x.slice(0, 0, Math.min(size, PROBED)), rectified(task));
        },
        LOOK.share,
      ),
    [run],
  );
  useEffect(() => probe.stop, [probe]);
  const mark = useComputed(() => run.past.value?.moment.step ?? null);
  const task = run.task.value;
  void run.version.value;
  const names = task && namesOf(task);
  if (!task || !names) return <p class="stage-empty">Preparing…</p>;
  const at = mark.value ?? Number.POSITIVE_INFINITY;
  const gradients = run.gradients.value.at(at);
  const updates = run.updates.value.at(at);
  const probed = Math.min(task.trainScored.size, PROBED);
  const paths = run.gradients.value.names;
  const series = names.flatMap(({ name, color }, layer): ChartSeries[] =>
    color ? [{ name: paths[layer] ?? '', label: name, color, dashed: layer === names.length - 1 }] : [],
  );
  const said = verdict(gradients, names[0]?.name.toLowerCase() ?? '');
  return (
    <div class="layers">
      <p class="layers-verdict" data-kind={said ? (said.bad ? 'bad' : 'good') : undefined}>
        {said?.text ?? 'The first steps will fill this in.'}
      </p>
      <table class="layer-table">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Gradient norm</th>
            <th scope="col">Update / weight</th>
            <th scope="col">Dead units</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, layer) => (
            <Row
              key={name.name}
              name={name}
              gradient={gradients[layer] ?? null}
              update={updates[layer] ?? null}
              dead={probe.result.value?.get(paths[layer] ?? '') ?? null}
            />
          ))}
        </tbody>
      </table>
      <ul class="layers-notes">
        <li>
          <b>Gradient norm:</b> how hard the loss pulls at a layer’s weights. Look for it to shrink by powers of ten
          towards the input: then the first layers stand still.
        </li>
        <li>
          <b>Update / weight:</b> the share by which one step moves the weights. About a thousandth, in the marked band,
          is healthy; far less is standing still, far more is thrashing.
        </li>
        <li>
          <b>Dead units:</b> ReLU units that are 0 for all of {formatCount(probed)} training examples. No gradient
          passes them, so few come back. Other activations are never 0 throughout.
        </li>
      </ul>
      {/* Curves of other layers are another chart. */}
      <div class="layers-charts" key={paths.join()}>
        <LineChart
          title="Gradient norm"
          xLabel="Step"
          yLabel="Norm, by layer"
          curves={run.gradients}
          version={run.version}
          series={series}
          mark={mark}
          format={formatFigure}
          axisFormat={formatTick}
          allowLog
          logAtFirst
          empty="Gradient norms will appear here"
        />
        <LineChart
          title="Update / weight"
          xLabel="Step"
          yLabel="Share, by layer"
          curves={run.updates}
          version={run.version}
          series={series}
          mark={mark}
          format={formatFigure}
          axisFormat={formatTick}
          allowLog
          logAtFirst
          guides={[{ at: HEALTHY, label: 'healthy: about 0.001' }]}
          empty="Updates will appear here"
        />
      </div>
    </div>
  );
}

function Row(props: {
  name: LayerName;
  gradient: number | null;
  update: number | null;
  dead: DeadUnits | null;
}): JSX.Element {
  const { name, gradient, update, dead } = props;
  const share = dead ? dead.dead / dead.units : 0;
  return (
    <tr>
      <th scope="row">
        <i style={{ background: name.color ? `var(${name.color})` : 'var(--line)' }} /> {name.name}{' '}
        <small>{name.note}</small>
      </th>
      <td>
        <b>{formatFigure(gradient)}</b>
        <LogBar value={gradient} ends={GRADIENT} />
      </td>
      <td>
        <b>{formatFigure(update)}</b>
        <LogBar value={update} ends={UPDATE} healthy />
      </td>
      <td data-kind={share >= 0.5 ? 'bad' : undefined}>
        <b>{dead ? `${formatCount(dead.dead)} of ${formatCount(dead.units)}` : '–'}</b>
        {dead && <i class="layer-bar" aria-hidden="true" style={{ '--share': share }} />}
      </td>
    </tr>
  );
}

/** A bar on a scale of powers of ten. */
function LogBar(props: { value: number | null; ends: readonly [number, number]; healthy?: boolean }): JSX.Element {
  const { value, ends, healthy } = props;
  const [low, high] = ends;
  const share = value !== null && value > 0 ? (Math.log10(value) - low) / (high - low) : 0;
  return (
    <i
      class="layer-bar"
      data-healthy={healthy ? '' : undefined}
      aria-hidden="true"
      style={{ '--share': Math.min(1, Math.max(0, share)), '--decades': high - low }}
    />
  );
}
