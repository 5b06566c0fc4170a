/** The plane as each unit of the network sees it, one small picture a unit, layer by layer. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { formatCount, formatTick } from '../shared/format.ts';
import { createProbe } from '../shared/probe.ts';
import { layerNames } from './layer-names.ts';
import { readNeurons, type Neuron, type NeuronLayer } from './neurons-probe.ts';
import { Picture } from './picture.tsx';
import { isMlpTask } from './recipe.ts';
import type { ViewProps } from './views.tsx';
import './neurons.css';

/** Below this a unit answers the same everywhere. */
const FLAT = 1e-6;

export function NeuronsView({ run }: ViewProps): JSX.Element {
  const probe = useMemo(() => createProbe(run, 250, (task) => (isMlpTask(task) ? readNeurons(task) : null)), [run]);
  useEffect(() => probe.stop, [probe]);
  const pointed = useSignal<string | null>(null);
  const task = run.task.value;
  const layers = probe.result.value;
  const names = task && isMlpTask(task) ? layerNames(task) : [];
  // A look at the task before has other layers.
  if (!layers || layers.length !== names.length) return <p class="stage-empty">Looking into the network…</p>;
  const sigmoid = layers.some(({ middle }) => middle !== 0);
  const said = (layer: number, unit: number): string => {
    const { neurons } = layers[layer] as NeuronLayer;
    return describe(
      `${names[layer]?.name}, ${layer < layers.length - 1 ? 'unit' : 'class'} ${unit + 1}`,
      neurons[unit],
    );
  };
  const [layer = 0, unit = 0] = pointed.value?.split('.').map(Number) ?? [];
  return (
    <div class="neurons">
      <p class="muted">
        Each picture is the whole plane as one unit answers it. The first layer draws straight folds; look how each
        layer bends those of the one before, until the output has the shape of the classes.
      </p>
      <p class="neurons-key">
        <span class="weights-key" data-sign="negative" /> below {sigmoid ? '0.5' : '0'}{' '}
        <span class="weights-key" data-sign="positive" /> above
        <output>{pointed.value !== null && layers[layer]?.neurons[unit] ? said(layer, unit) : ''}</output>
      </p>
      {layers.map(({ units, neurons, reach }, layer) => (
        <section key={layer} aria-label={names[layer]?.name}>
          <h3>
            {names[layer]?.name}{' '}
            <small>
              {names[layer]?.note}
              {neurons.length < units && `, the first ${formatCount(neurons.length)}`}
            </small>
          </h3>
          <ul>
            {neurons.map(({ values, low, high }, unit) => (
              <li
                key={unit}
                data-flat={high - low < FLAT ? '' : undefined}
                onPointerEnter={() => (pointed.value = `${layer}.${unit}`)}
                onPointerLeave={() => (pointed.value = null)}
              >
                <Picture values={values} tone="signed" reach={reach} label={said(layer, unit)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function describe(name: string, neuron: Neuron | undefined): string {
  if (!neuron) return name;
  const { low, high } = neuron;
  const write = (value: number): string => formatTick(Number(value.toPrecision(2))).replace('-', '−');
  return high - low < FLAT ? `${name}: ${write(high)} everywhere` : `${name}: ${write(low)} to ${write(high)}`;
}
